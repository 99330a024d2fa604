"""What comes in as a file: told by its bytes, refused when broken or too large, and drawn anew for viewing."""
import io
import struct
import zlib

import pytest
from PIL import Image, ImageOps

from records.api import BrokenFile, FileTooLarge, TooManyPixels, UnknownFile, check_file
from records.documents import kinds, pictures
from records.documents.pictures import LONGEST_SIDE, clean_copy
from records.documents.problems import PicturesWait
from records.documents.scans import scans_of
from tests.records.cast import PDF, picture

WEBM = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm" + b"\0" * 40
SOUNDS = {
    "audio/webm": WEBM,
    "audio/ogg": b"OggS\0\x02" + b"\0" * 40,
    "audio/mp4": b"\0\0\0\x20ftypM4A " + b"\0" * 40,
    "audio/wav": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40,
}
STRANGERS = {
    "a web page": b"<!DOCTYPE html><script>alert(1)</script>",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a Windows program": b"MZ\x90\0" + b"\0" * 200,
    "a zip": b"PK\x03\x04" + b"\0" * 60,
    "a GIF": b"GIF89a" + b"\0" * 60,
    "a HEIC photo": b"\0\0\0\x18ftypheic" + b"\0" * 60,
    "a Matroska film": WEBM.replace(b"webm", b"matr"),
    "an AVI film": b"RIFF\x24\0\0\0AVI " + b"\0" * 40,
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "nothing": b"",
    "one byte": b"\xff",
    "text that names a PDF later": b"hello %PDF-1.7",
}


def png_that_claims(width: int, height: int, colour: int = 0) -> bytes:
    """A PNG of a few hundred bytes whose header promises any size; `colour` 0 is grey, 2 RGB, 6 see-through."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_photos_are_taken_whatever_their_name_says(form: str) -> None:
    checked = check_file(picture(form=form), "report.exe")
    assert checked.kind.media_type == f"image/{form.lower()}"
    assert checked.name == f"report.{checked.kind.ending}"
    assert checked.copy is not None and (checked.copy.width, checked.copy.height) == (60, 40)


@pytest.mark.parametrize("media_type", SOUNDS)
def test_recordings_of_browsers_are_taken_as_they_are(media_type: str) -> None:
    checked = check_file(SOUNDS[media_type], "voice.bin")
    assert checked.kind.media_type == media_type and checked.copy is None


def test_a_pdf_is_taken_as_it_is() -> None:
    checked = check_file(PDF, "出院小结.PDF")
    assert (checked.kind.media_type, checked.name, checked.copy) == ("application/pdf", "出院小结.pdf", None)
    assert checked.data == PDF


def test_a_pdf_that_was_cut_off_is_refused() -> None:
    with pytest.raises(BrokenFile):
        check_file(PDF[:40], "a.pdf")


@pytest.mark.parametrize("what", STRANGERS)
def test_everything_else_is_refused_even_with_a_good_name(what: str) -> None:
    with pytest.raises(UnknownFile) as caught:
        check_file(STRANGERS[what], "photo.jpg")
    assert caught.value.status == 415


@pytest.mark.parametrize("kind", [kinds.JPEG, kinds.PDF, kinds.OGG])
def test_too_large_is_refused_with_the_limit(kind: kinds.FileKind) -> None:
    start = {kinds.JPEG: b"\xff\xd8\xff", kinds.PDF: b"%PDF-", kinds.OGG: b"OggS"}[kind]
    with pytest.raises(FileTooLarge) as caught:
        check_file(start.ljust(kind.most + 1, b"\0"), "x")
    assert (caught.value.status, caught.value.facts["most"]) == (413, kind.most)


@pytest.mark.parametrize("size", [(8001, 8001), (30_000, 30_000), (2_000_000_000, 2)])
def test_a_decompression_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    bomb = png_that_claims(*size)
    assert len(bomb) < 500
    with pytest.raises(TooManyPixels):
        check_file(bomb, "x.png")


@pytest.mark.parametrize(("size", "colour"), [((7100, 7100), 2), ((5100, 5100), 6), ((8000, 8000), 6)])
def test_a_picture_that_unfolds_to_more_memory_than_one_may_take_is_refused_by_its_header(
        size: tuple[int, int], colour: int) -> None:
    with pytest.raises(TooManyPixels):
        check_file(png_that_claims(*size, colour), "x.png")


@pytest.mark.parametrize(("size", "colour"), [((4961, 7016), 2), ((8000, 8000), 0), ((4900, 4900), 6)])
def test_a_scan_of_a_page_is_not_too_large(size: tuple[int, int], colour: int) -> None:
    """The header passes; that nothing follows it is another matter."""
    with pytest.raises(BrokenFile):
        check_file(png_that_claims(*size, colour), "x.png")


@pytest.mark.parametrize(("form", "more"), [("WEBP", {}), ("JPEG", {"progressive": True, "subsampling": 0})])
def test_the_memory_of_a_decoder_counts_too(form: str, more: dict[str, object]) -> None:
    with pytest.raises(TooManyPixels):
        clean_copy(picture((6000, 6000), form, **more))


def test_a_picture_is_made_small_before_it_is_turned_and_only_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    turn = ImageOps.exif_transpose

    def turning(small: Image.Image) -> Image.Image:
        seen.append(small.size)
        assert pictures.DRAWING.locked()
        return turn(small)

    monkeypatch.setattr(ImageOps, "exif_transpose", turning)
    exif = Image.Exif()
    exif[0x0112] = 6
    copy = clean_copy(picture((6000, 4000), "PNG", exif=exif))
    assert seen == [(3000, 2000)] and (copy.width, copy.height) == (2000, 3000)
    assert not pictures.DRAWING.locked()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_stops_in_the_middle_is_refused(form: str) -> None:
    whole = picture((200, 200), form)
    with pytest.raises(BrokenFile):
        check_file(whole[: len(whole) // 2], "x")


def test_a_photo_of_the_largest_phones_passes() -> None:
    """12 megapixels come out at the longest side, with the same proportions."""
    copy = clean_copy(picture((4000, 3000)))
    assert (copy.width, copy.height) == (LONGEST_SIDE, LONGEST_SIDE * 3 // 4)


@pytest.mark.invariant(15)
def test_the_copy_carries_no_place_no_camera_and_no_comment() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "Huawei", "at home"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 20.0)
    photo = picture(exif=exif, comment=b"secret words", icc_profile=b"profile of a camera")
    assert b"Huawei" in photo and b"secret words" in photo
    copy = clean_copy(photo)
    for word in (b"Huawei", b"at home", b"secret words", b"profile of a camera", b"Exif"):
        assert word not in copy.data
    assert not Image.open(io.BytesIO(copy.data)).getexif()


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    copy = clean_copy(picture((60, 40), exif=exif))
    assert (copy.width, copy.height) == (40, 60)


def test_transparent_paper_becomes_white_and_not_black() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    shown = Image.open(io.BytesIO(clean_copy(out.getvalue()).data))
    assert min(shown.getpixel((10, 10))) > 250


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "I;16"])
def test_unusual_colours_are_drawn_too(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (30, 20)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert clean_copy(out.getvalue()).width == 30


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), c) for c in ("red", "blue", "green")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    shown = Image.open(io.BytesIO(clean_copy(out.getvalue()).data))
    assert shown.format == "JPEG" and shown.getpixel((5, 5))[0] > 200


def test_a_web_page_behind_a_picture_does_not_reach_the_viewer() -> None:
    copy = clean_copy(picture() + b"<script>alert(1)</script>")
    assert b"script" not in copy.data


def segment(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + (len(body) + 2).to_bytes(2, "big") + body


def with_scans(count: int, before: bytes = b"") -> bytes:
    """A small progressive JPEG whose last scan stands there again and again, with a preview behind its end.

    `before` stands behind its first segment.
    """
    made = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(made, "JPEG", progressive=True)
    raw = made.getvalue()
    last, first = raw.rindex(b"\xff\xda"), 4 + int.from_bytes(raw[4:6], "big")
    return raw[:first] + before + raw[first:last] + raw[last:-2] * count + raw[-2:] + raw


def of_two_pictures(small: bytes) -> bytes:
    """What phones write: the picture first, and a list in a segment that says where the second one stands."""
    entries = b"".join(struct.pack("<LLLHH", *one) for one in ((0x030000, len(small), 0, 0, 0), (0, 9, 99, 0, 0)))
    fields = ((0xB000, 7, 4, b"0100"), (0xB001, 4, 1, struct.pack("<L", 2)), (0xB002, 7, 32, struct.pack("<L", 50)))
    told = b"".join(struct.pack("<HHL", *head) + value for *head, value in fields)
    index = b"MPF\0" + b"II*\0" + struct.pack("<LH", 8, 3) + told + b"\0" * 4 + entries
    return small[:2] + segment(0xE2, index) + small[2:]


NOT_UNDERSTOOD = {
    "a stray byte": b"\0",
    "a byte that fills up": b"\xff",
    "a restart where nothing began": b"\xff\xd0",
    "no byte for a marker": b"\xff\0",
    "a segment too short for its own length": b"\xff\xec\0\0",
    "an end inside a comment": segment(0xFE, b"\xff\xd9"),
    "a stray byte before an end inside a comment": b"\0" + segment(0xFE, b"\xff\xd9x"),
    "bytes that fill up before an end inside a comment": b"\xff\xff" + segment(0xFE, b"\xff\xd9x"),
}


@pytest.mark.parametrize(("count", "fits"), [(1, True), (10, True), (1000, False)])
@pytest.mark.parametrize("before", NOT_UNDERSTOOD)
def test_a_picture_that_is_gone_over_without_end_is_refused_before_it_is_drawn(
        before: str, count: int, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    made = with_scans(count, NOT_UNDERSTOOD[before])
    assert len(scans_of(made)) == 9 + count or not fits
    if fits:
        assert clean_copy(made).width == 64
        return
    monkeypatch.setattr(pictures, "_draw_anew", None)
    with pytest.raises(TooManyPixels):
        clean_copy(made)


@pytest.mark.parametrize("fill", [b"\0", b"\xff", b"\xff\xd0", b"\xff\xe5\0\2"])
def test_a_header_without_end_is_refused_before_it_is_read(fill: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", None)
    with pytest.raises(BrokenFile):
        clean_copy(with_scans(1, fill * 70_000))


def test_a_picture_that_lists_a_second_one_is_a_jpeg_like_any_other() -> None:
    photo = of_two_pictures(picture((4000, 3000)))
    assert Image.open(io.BytesIO(photo)).format == "MPO"
    assert clean_copy(photo).width == LONGEST_SIDE
    with pytest.raises(TooManyPixels):
        clean_copy(of_two_pictures(with_scans(1000)))
    with pytest.raises(TooManyPixels):      # it is held whole
        clean_copy(of_two_pictures(picture((6000, 6000), progressive=True, subsampling=0)))


def test_a_picture_whose_only_scan_lacks_colours_is_held_whole_by_the_decoder() -> None:
    raw = picture((6000, 6000))
    at = raw.rindex(b"\xff\xda")
    with pytest.raises(TooManyPixels):
        clean_copy(raw[:at] + segment(0xDA, b"\1\1\0\0\x3f\0") + raw[at + 14:])


def test_a_photo_with_a_preview_of_its_own_is_gone_over_once() -> None:
    small, whole = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (16, 16)).save(small, "JPEG")
    exif = Image.Exif()
    exif[0x927C] = small.getvalue()
    Image.new("RGB", (64, 64)).save(whole, "JPEG", exif=exif)
    assert whole.getvalue().count(b"\xff\xda") == 2 and scans_of(whole.getvalue()) == [3]
    assert clean_copy(whole.getvalue()).width == 64


def test_a_picture_waits_for_the_others_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    with pictures.DRAWING, pytest.raises(PicturesWait) as caught:
        clean_copy(picture())
    assert caught.value.status == 503 and caught.value.facts["retry_after"] == 1
    assert clean_copy(picture()).width == 60
