"""Pictures: refused when they unfold too far, and drawn anew so that nothing but the picture remains."""
import io
import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from records.documents.problems import BrokenFile, PicturesWait, TooManyPixels
from records.documents.scans import START, scans_of

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 64_000_000  # phones take up to 50 megapixels; a 10 KB PNG can claim far more
MOST_BYTES = 200_000_000  # of memory while one picture is drawn; a file of 300 KB can unfold to a gigabyte
MOST_SCANS = 32  # of a JPEG; encoders write ten, and each is walked over the whole picture
LONGEST_SIDE = 3000  # small print of a hospital page stays readable
QUALITY = 85
DRAWING = threading.Lock()  # one picture at a time: a process must not need the memory of all uploads at once
PATIENCE = 5.0  # seconds for which a picture waits for the others; its thread is one of few that answer everybody


@dataclass(frozen=True)
class CleanCopy:
    """A JPEG without metadata, upright, at most LONGEST_SIDE pixels long."""

    data: bytes
    width: int
    height: int


def _open(data: bytes) -> Image.Image:
    """Read the header alone and judge the size before anything is unfolded."""
    scans = scans_of(data) if data.startswith(START) else []  # first of all: reading a header takes time, too
    if len(scans) > MOST_SCANS:
        raise TooManyPixels(most=MOST_PIXELS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged two lines further on
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(most=MOST_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BrokenFile() from error
    whole = picture.width * picture.height
    if whole > MOST_PIXELS:
        raise TooManyPixels(most=MOST_PIXELS)
    if isinstance(picture, JpegImageFile):  # the decoder itself draws it smaller, by a half, a quarter or an eighth
        share = min(1.0, LONGEST_SIDE / max(picture.size))
        picture.draft("RGB", (max(1, int(picture.width * share)), max(1, int(picture.height * share))))
    if _memory(picture, whole, scans) > MOST_BYTES:
        raise TooManyPixels(most=MOST_PIXELS)
    return picture


def _memory(picture: Image.Image, whole: int, scans: list[int]) -> int:
    """How many bytes drawing takes at most; `whole` are the pixels of the file, before a JPEG is drawn smaller.

    A JPEG of several scans is held whole until the last of them, also when it does not call itself progressive, and
    one whose first scan lacks a colour is, as others could follow.
    """
    pixels = picture.width * picture.height
    if picture.format == "WEBP":
        return 16 * pixels      # its decoder holds the canvas, the frame before and what it hands over
    colours = len(picture.getbands())
    many = picture.info.get("progressive") or len(scans) > 1 or (scans and scans[0] < colours)
    held = whole * 2 * colours if many else 0
    each = {"1": 1, "L": 1, "P": 1}.get(picture.mode, 8 if "A" in picture.mode else 4)  # see-through is held twice
    return held + each * pixels


def _draw_anew(picture: Image.Image) -> Image.Image:
    """Copy the pixels alone onto white paper; EXIF, comments, profiles and further frames stay behind."""
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))     # first of all: turning and painting take copies
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


@contextmanager
def _in_turn() -> Iterator[None]:
    """Wait for the pictures that came before, but not for ever. Raises PicturesWait."""
    if not DRAWING.acquire(timeout=PATIENCE):
        raise PicturesWait(retry_after=math.ceil(PATIENCE))
    try:
        yield
    finally:
        DRAWING.release()


def clean_copy(data: bytes) -> CleanCopy:
    """Draw the picture anew for people to look at. Raises BrokenFile, TooManyPixels or PicturesWait."""
    picture = _open(data)
    try:
        with _in_turn():
            drawn = _draw_anew(picture)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(most=MOST_PIXELS) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BrokenFile() from error
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    return CleanCopy(out.getvalue(), drawn.width, drawn.height)
