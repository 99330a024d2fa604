"""What a file really is, told by its first bytes and never by its name."""
from dataclasses import dataclass

from records.documents.problems import FileTooLarge, UnknownFile

MIB = 1 << 20


@dataclass(frozen=True)
class FileKind:
    """A kind that we take: media type, ending of its name, size limit in bytes, and how it is treated."""

    media_type: str
    ending: str
    most: int
    family: str


JPEG = FileKind("image/jpeg", "jpg", 20 * MIB, "image")
PNG = FileKind("image/png", "png", 20 * MIB, "image")
WEBP = FileKind("image/webp", "webp", 20 * MIB, "image")
PDF = FileKind("application/pdf", "pdf", 20 * MIB, "pdf")
WEBM = FileKind("audio/webm", "webm", 10 * MIB, "audio")
OGG = FileKind("audio/ogg", "ogg", 10 * MIB, "audio")
MP4 = FileKind("audio/mp4", "m4a", 10 * MIB, "audio")
WAV = FileKind("audio/wav", "wav", 10 * MIB, "audio")

LARGEST = 20 * MIB
# Brands of ISO 14496-12 files that browsers record sound into; heic and other pictures are not among them.
SOUND_BRANDS = {b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"dash"}


def _is_webm(data: bytes) -> bool:
    """EBML with the document type webm (RFC 8794); Matroska in general is not taken."""
    return data.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in data[:64]


def _riff(data: bytes, form: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == form


CHECKS = (
    (JPEG, lambda d: d.startswith(b"\xff\xd8\xff")),
    (PNG, lambda d: d.startswith(b"\x89PNG\r\n\x1a\n")),
    (WEBP, lambda d: _riff(d, b"WEBP")),
    (PDF, lambda d: d.startswith(b"%PDF-")),
    (WEBM, _is_webm),
    (OGG, lambda d: d.startswith(b"OggS")),
    (MP4, lambda d: d[4:8] == b"ftyp" and d[8:12] in SOUND_BRANDS),
    (WAV, lambda d: _riff(d, b"WAVE")),
)


def kind_of(data: bytes) -> FileKind:
    """Tell the kind of a file. Raises UnknownFile or FileTooLarge."""
    for kind, fits in CHECKS:
        if fits(data):
            if len(data) > kind.most:
                raise FileTooLarge(most=kind.most, size=len(data))
            return kind
    raise UnknownFile()
