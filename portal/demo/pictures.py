"""A photo of a label, as plain as a picture can be: for the demonstration's cases."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (640, 320)


def label_photo(serial: str) -> bytes:
    """Return a PNG of a label with its serial number."""
    picture = Image.new("RGB", SIZE, "#e9ebee")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 600, 280), fill="white", outline="#78838f", width=3)
    for place, sign in enumerate(serial):
        left = 70 + 25 * place
        draw.rectangle((left, 80, left + 4 + ord(sign) % 9, 180), fill="#12171f")
    draw.text((70, 210), f"S/N: {serial}", fill="#12171f", font_size=30)
    body = BytesIO()
    picture.save(body, "PNG")
    return body.getvalue()
