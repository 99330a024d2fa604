"""Pictures: refused when they unfold too far, and drawn anew so that nothing but the picture remains."""
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from records.documents.problems import BrokenFile, TooManyPixels

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 64_000_000  # phones take up to 50 megapixels; a 10 KB PNG can claim far more
LONGEST_SIDE = 3000  # small print of a hospital page stays readable
QUALITY = 85


@dataclass(frozen=True)
class CleanCopy:
    """A JPEG without metadata, upright, at most LONGEST_SIDE pixels long."""

    data: bytes
    width: int
    height: int


def _open(data: bytes) -> Image.Image:
    """Read the header alone and judge the size before anything is unfolded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged two lines further on
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(most=MOST_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BrokenFile() from error
    if picture.width * picture.height > MOST_PIXELS:
        raise TooManyPixels(most=MOST_PIXELS)
    return picture


def _draw_anew(picture: Image.Image) -> Image.Image:
    """Copy the pixels alone onto white paper; EXIF, comments, profiles and further frames stay behind."""
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = upright.convert("RGBA")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def clean_copy(data: bytes) -> CleanCopy:
    """Draw the picture anew for people to look at. Raises BrokenFile or TooManyPixels."""
    picture = _open(data)
    try:
        if picture.format == "JPEG":
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        drawn = _draw_anew(picture)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(most=MOST_PIXELS) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BrokenFile() from error
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    return CleanCopy(out.getvalue(), drawn.width, drawn.height)
