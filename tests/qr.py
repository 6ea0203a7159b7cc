"""Reads a QR code back from its dark squares, without the library that drew it.

It knows what codes of versions 1 to 9 at level M need; damage it does not repair.
"""

import io
from collections.abc import Sequence

from PIL import Image

Squares = Sequence[Sequence[bool]]
BLOCKS = {
    1: (16,), 2: (28,), 3: (44,), 4: (32, 32), 5: (43, 43), 6: (27,) * 4, 7: (31,) * 4,
    8: (38, 38, 39, 39), 9: (36, 36, 36, 37, 37),
}  # fmt: skip
"""Bytes of data in each block, by version."""
ALIGNED = {2: 18, 3: 22, 4: 26, 5: 30, 6: 34, 7: 38, 8: 42, 9: 46}
MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: (y * x) % 2 + (y * x) % 3 == 0,
    lambda y, x: ((y * x) % 2 + (y * x) % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + (y * x) % 3) % 2 == 0,
)


def read(squares: Squares) -> str:
    """Return the text of a code given without its white border."""
    size = len(squares)
    version = (size - 17) // 4
    told = [squares[8][x] for x in (0, 1, 2, 3, 4)]
    bits = "".join("1" if bit else "0" for bit in told)
    form = int(bits, 2) ^ 0b10101
    assert form >> 3 == 0b00, "not level M"
    stream = _bytes(squares, version, MASKS[form & 0b111])
    return _text(_joined(stream, BLOCKS[version]), version)


def _is_fixed(version: int, size: int, y: int, x: int) -> bool:
    """Tell whether a square belongs to the pattern and not to the data."""
    corner = (y < 9 and x < 9) or (y < 9 and x >= size - 8) or (y >= size - 8 and x < 9)
    if corner or 6 in (y, x):
        return True
    if version >= 7 and (min(y, x) < 6 and max(y, x) >= size - 11):
        return True
    if version == 1:
        return False
    middles = {6, ALIGNED[version]} | ({(6 + ALIGNED[version]) // 2} if version >= 7 else set())
    places = {(a, b) for a in middles for b in middles}
    places -= {(6, 6), (6, ALIGNED[version]), (ALIGNED[version], 6)}
    return any(abs(y - a) <= 2 and abs(x - b) <= 2 for a, b in places)


def _bytes(squares: Squares, version: int, is_masked) -> list[int]:
    size = len(squares)
    bits, up = [], True
    for right in (x if x > 6 else x - 1 for x in range(size - 1, 0, -2)):
        for y in range(size - 1, -1, -1) if up else range(size):
            for x in (right, right - 1):
                if not _is_fixed(version, size, y, x):
                    bits.append(squares[y][x] != is_masked(y, x))
        up = not up
    whole = range(0, len(bits) - 7, 8)
    return [int("".join("01"[b] for b in bits[n : n + 8]), 2) for n in whole]


def _joined(stream: list[int], sizes: Sequence[int]) -> list[int]:
    blocks: list[list[int]] = [[] for _ in sizes]
    taken = iter(stream)
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(next(taken))
    return [byte for block in blocks for byte in block]


def _text(data: list[int], version: int) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    assert bits[:4] == "0100", "not bytes"
    assert version <= 9
    length = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()


def squares_of(picture: bytes, count: int) -> Squares:
    """Return the dark squares of a picture, as a camera would see them, without the border."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    side = image.width / count
    inside = range(4, count - 4)
    return [
        [image.getpixel(((x + 0.5) * side, (y + 0.5) * side)) < 128 for x in inside] for y in inside
    ]
