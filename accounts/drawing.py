"""A QR code as the path of an SVG: drawn in the page, so that no policy has to be loosened."""

from typing import NamedTuple

from qrcode.main import QRCode

QUIET = 4
"""The white border that readers need, in squares."""


class QrPath(NamedTuple):
    size: int
    path: str


def qr_path(text: str) -> QrPath:
    """Return the side of the drawing in squares, and its dark squares as one path."""
    code = QRCode(border=QUIET)
    code.add_data(text, optimize=0)  # in one piece, which the simplest reader understands
    code.make(fit=True)
    rows = code.get_matrix()
    squares = [
        f"M{x},{y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return QrPath(len(rows), "".join(squares))
