"""Pictures: refused when they unfold too far, and drawn anew so that nothing but the picture remains."""
import io
import threading
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from records.documents.problems import BrokenFile, TooManyPixels

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 64_000_000  # phones take up to 50 megapixels; a 10 KB PNG can claim far more
MOST_BYTES = 200_000_000  # of memory while one picture is drawn; a file of 300 KB can unfold to a gigabyte
MOST_SCANS = 32  # of a JPEG; encoders write ten, and each is walked over the whole picture
LONGEST_SIDE = 3000  # small print of a hospital page stays readable
QUALITY = 85
DRAWING = threading.Lock()  # one picture at a time: a process must not need the memory of all uploads at once


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
    whole = picture.width * picture.height
    if whole > MOST_PIXELS:
        raise TooManyPixels(most=MOST_PIXELS)
    scans = _scans(data) if picture.format == "JPEG" else 1
    if scans > MOST_SCANS:
        raise TooManyPixels(most=MOST_PIXELS)
    if picture.format == "JPEG":    # the decoder itself draws it smaller, by a half, a quarter or an eighth
        share = min(1.0, LONGEST_SIDE / max(picture.size))
        picture.draft("RGB", (max(1, int(picture.width * share)), max(1, int(picture.height * share))))
    if _memory(picture, whole, scans) > MOST_BYTES:
        raise TooManyPixels(most=MOST_PIXELS)
    return picture


def _scans(data: bytes) -> int:
    """How often a JPEG (ITU T.81, annex B) goes over its picture; previews inside it or behind it are not counted."""
    at = 2
    while data[at:at + 1] == b"\xff" and data[at + 1:at + 2] not in (b"\xda", b"\xd9", b""):
        at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
    end = data.find(b"\xff\xd9", at)
    return data.count(b"\xff\xda", at, end if end >= 0 else len(data))


def _memory(picture: Image.Image, whole: int, scans: int) -> int:
    """How many bytes drawing takes at most; `whole` are the pixels of the file, before a JPEG is drawn smaller.

    A JPEG of several scans is held whole until the last of them, also when it does not call itself progressive.
    """
    pixels = picture.width * picture.height
    if picture.format == "WEBP":
        return 16 * pixels      # its decoder holds the canvas, the frame before and what it hands over
    held = whole * 2 * len(picture.getbands()) if picture.info.get("progressive") or scans > 1 else 0
    each = {"1": 1, "L": 1, "P": 1}.get(picture.mode, 8 if "A" in picture.mode else 4)  # see-through is held twice
    return held + each * pixels


def _draw_anew(picture: Image.Image) -> Image.Image:
    """Copy the pixels alone onto white paper; EXIF, comments, profiles and further frames stay behind."""
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))     # first of all: turning and painting take copies
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def clean_copy(data: bytes) -> CleanCopy:
    """Draw the picture anew for people to look at. Raises BrokenFile or TooManyPixels."""
    picture = _open(data)
    try:
        with DRAWING:
            drawn = _draw_anew(picture)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(most=MOST_PIXELS) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BrokenFile() from error
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=QUALITY, optimize=True)
    return CleanCopy(out.getvalue(), drawn.width, drawn.height)
