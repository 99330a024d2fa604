"""A name is text: no path, no header, no script, nothing that hides."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.documents.names import clean_name, disposition, safe_headers
from records.words import tidy

CASES = {
    "IMG_0001.JPG": "IMG_0001.jpg",
    "门诊病历 2026.jpeg": "门诊病历 2026.jpg",
    "../../etc/passwd": "passwd.jpg",
    "..\\..\\windows\\win.ini": "win.jpg",
    "/var/log/x.jpg": "x.jpg",
    "<script>alert(1)</script>.jpg": "script.jpg",
    '"><img src=x onerror=alert(1)>.png': "img src=x onerror=alert(1).jpg",
    "a\r\nSet-Cookie: x=1.jpg": "a Set-Cookie_ x=1.jpg",
    "photo\u202egpj.exe": "photogpj.jpg",
    "zero\u200bwidth.jpg": "zerowidth.jpg",
    "nul\0byte.jpg": "nulbyte.jpg",
    "$(rm -rf ~);`id`.jpg": "(rm -rf ~)__id.jpg",
    ".htaccess": "htaccess.jpg",
    "...": "page.jpg",
    "": "page.jpg",
    "   ": "page.jpg",
    "𠮷田㐂.jpg": "𠮷田㐂.jpg",
}


@pytest.mark.invariant(14)
@pytest.mark.parametrize("name", CASES)
def test_names_lose_what_could_act(name: str) -> None:
    assert clean_name(name, "jpg") == CASES[name]


@pytest.mark.invariant(14)
@given(st.text(max_size=300))
def test_no_name_at_all_is_a_path_or_a_header(name: str) -> None:
    cleaned = clean_name(name, "pdf")
    assert cleaned.endswith(".pdf") and len(cleaned) <= 90
    assert not set(cleaned) & set('/\\<>"\r\n\0:|?*')
    assert not cleaned.startswith(".")


@pytest.mark.invariant(14)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=100), st.booleans())
def test_the_header_holds_one_name_and_nothing_else(name: str, inline: bool) -> None:
    header = disposition(clean_name(name, "pdf"), inline)
    header.encode("ascii")
    assert header.count('"') == 2 and "\n" not in header and header.count(";") == 2


def test_the_real_name_travels_in_utf8() -> None:
    assert disposition("病历.pdf", True) == ("inline; filename=\"__.pdf\"; filename*=UTF-8''"
                                           "%E7%97%85%E5%8E%86.pdf")


@pytest.mark.parametrize("media_type", ["image/jpeg", "audio/ogg", "application/json"])
def test_files_are_sent_without_sniffing_script_or_cache(media_type: str) -> None:
    headers = safe_headers(media_type, "a.bin")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in headers["Cache-Control"]


def test_what_is_neither_picture_nor_sound_nor_pdf_is_downloaded() -> None:
    for media_type in ("application/json", "application/octet-stream", "text/html"):
        assert safe_headers(media_type, "a.bin")["Content-Disposition"].startswith("attachment")
    assert safe_headers("image/jpeg", "a.jpg")["Content-Disposition"].startswith("inline")


def test_a_pdf_may_be_shown_but_loads_nothing() -> None:
    headers = safe_headers("application/pdf", "a.pdf")
    assert headers["Content-Security-Policy"] == "default-src 'none'"
    assert headers["Content-Disposition"].startswith("inline")
    assert safe_headers("application/pdf", "a.pdf", download=True)["Content-Disposition"].startswith("attachment")


@pytest.mark.invariant(14)
def test_words_keep_their_look_and_lose_what_hides() -> None:
    assert tidy("  <b>青霉素</b>\n\u202eabc ", 50) == "<b>青霉素</b> abc"
    assert tidy("x" * 300, 200) == "x" * 200
    assert tidy("👨\u200d👩\u200d👧", 20) == "👨\u200d👩\u200d👧"
