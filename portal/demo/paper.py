"""The paper of an installation report, as small a PDF as a reader opens."""

from collections.abc import Sequence
from io import BytesIO
from typing import IO

from catalog.policy import day_text
from portal.demo.plan import Paper

SIGNER = "Sam Sample, site engineer"
FIRST_LINE, LEADING = 780, 20
"""Where the first line stands on the page, and how far apart lines are, in points."""


class PaperFile:
    """A PDF as a form would receive it."""

    def __init__(self, name: str, body: bytes) -> None:
        self.name: str | None = name
        self.size: int | None = len(body)
        self.file: IO[bytes] = BytesIO(body)


def signed(paper: Paper) -> PaperFile:
    """Return the signed report as a file."""
    lines = [
        f"Installation report {paper.number}",
        "Invented, for the demonstration of Ninety",
        f"Signed on {day_text(paper.signed_on)} by {SIGNER}",
        "Installed and in service:",
        *paper.serials,
    ]
    return PaperFile(f"{paper.number}.pdf", pdf(lines))


def pdf(lines: Sequence[str]) -> bytes:
    """Return one page of text, with a cross-reference table that points where it says."""
    shown = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
    text = f"BT /F1 12 Tf {LEADING} TL 60 {FIRST_LINE} Td {shown} ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
