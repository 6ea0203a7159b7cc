"""Photos: read whole before they are kept, and kept without what the camera wrote in them."""

import warnings
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from documents.enums import MediaType
from documents.policy import FileNotAccepted

MOST_PIXELS = 50_000_000
FORMATS = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG"}
UNREADABLE = "The photo cannot be read to its end. Take or export it again and choose it again."
TOO_LARGE = "The photo has more than 50 megapixels. Choose a smaller one."


def write_clean(source: IO[bytes], kind: MediaType, target: IO[bytes]) -> None:
    """Write the picture itself to `target`: upright, with no place, camera or further file.

    Raises: FileNotAccepted for a broken or an enormous picture.
    """
    source.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=[FORMATS[kind]]) as photo:
                if photo.width * photo.height > MOST_PIXELS:
                    raise FileNotAccepted(TOO_LARGE)
                photo.load()
                upright = ImageOps.exif_transpose(photo)
        upright.info.clear()
        upright.save(target, FORMATS[kind], quality=92)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileNotAccepted(TOO_LARGE) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
        if isinstance(problem, FileNotAccepted):
            raise
        if isinstance(problem, OSError) and problem.errno is not None:
            raise
        raise FileNotAccepted(UNREADABLE) from None
