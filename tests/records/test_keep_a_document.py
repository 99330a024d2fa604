"""Uploads of patients and doctors: kept byte for byte, shown as a clean copy, read through the gate only."""
import hashlib

import pytest

from app.kit.ids import uuid7
from app.kit.problems import NotFound
from app.storage import ObjectStore
from app.storage.vault import Unreadable
from app.work import HOUSE, House, all_of
from records import api as records
from tests.records.cast import PDF, Cast, picture

PHOTO = picture(comment=b"from my camera")


def test_wang_uploads_two_pages_and_sees_them_in_order(house: House, cast: Cast) -> None:
    kept = cast.upload("wang", "wang", (PHOTO, "第一页.jpg"), (PDF, "第二页.pdf"))
    with house.read(cast.wang) as work:
        pages = records.pages_of(work, kept.id)
        assert [(p.number, p.name, p.media_type) for p in pages] == [
            (1, "第一页.jpg", "image/jpeg"), (2, "第二页.pdf", "application/pdf")]
        assert pages[0].sha256 == hashlib.sha256(PHOTO).hexdigest()
        assert [d.id for d in records.documents_of(work, cast.patients["wang"])] == [kept.id]


def test_the_viewer_gets_the_clean_copy_and_the_original_stays_byte_for_byte(house: House, cast: Cast) -> None:
    kept = cast.upload("wang", "wang", (PHOTO, "a.png"))
    with house.read(cast.wang) as work:
        shown, media_type = records.document_bytes(work, kept.id, 1)
        original = records.document_file(work, kept.id, 1, original=True)
    assert media_type == "image/jpeg" and b"from my camera" not in shown
    assert original.data == PHOTO and original.headers()["X-Content-Type-Options"] == "nosniff"


def test_a_pdf_comes_back_as_it_was_sent(house: House, cast: Cast) -> None:
    kept = cast.upload("wang", "wang", (PDF, "a.pdf"))
    with house.read(cast.wang) as work:
        assert records.document_bytes(work, kept.id, 1) == (PDF, "application/pdf")


def test_the_treating_doctor_reads_and_adds_documents(house: House, cast: Cast) -> None:
    kept = cast.upload("wang", "wang", (PHOTO, "a.jpg"))
    cast.treat("lin", "wang")
    with house.read(cast.lin) as work:
        assert records.document_bytes(work, kept.id)[1] == "image/jpeg"
    assert cast.upload("lin", "wang", (PDF, "b.pdf")).kept_by == cast.lin.account_id


@pytest.mark.invariant(9)
@pytest.mark.parametrize("name", ["zhao", "zhou", "ma", "lin", "ren", "bai", "kang", "nobody"])
def test_nobody_else_gets_a_byte_of_it(house: House, cast: Cast, name: str) -> None:
    kept = cast.upload("wang", "wang", (PHOTO, "a.jpg"))
    for read in (records.document_bytes, records.document_file, records.document, records.pages_of):
        with pytest.raises(NotFound), house.read(cast.people[name]) as work:
            read(work, kept.id)


@pytest.mark.invariant(9)
def test_a_stranger_learns_nothing_from_page_numbers_either(house: House, cast: Cast) -> None:
    kept = cast.upload("wang", "wang", (PHOTO, "a.jpg"))
    for document_id, page in ((kept.id, 1), (kept.id, 99), (uuid7(), 1)):
        with pytest.raises(NotFound) as caught, house.read(cast.zhao) as work:
            records.document_bytes(work, document_id, page)
        assert caught.value.slug == "not-found"


def test_a_page_that_is_not_there_is_not_found(house: House, cast: Cast) -> None:
    kept = cast.upload("wang", "wang", (PHOTO, "a.jpg"))
    for page in (0, 2, -1):
        with pytest.raises(NotFound), house.read(cast.wang) as work:
            records.document_bytes(work, kept.id, page)


@pytest.mark.parametrize("count", [0, 21])
def test_a_document_has_one_to_twenty_pages(house: House, cast: Cast, count: int) -> None:
    with pytest.raises(records.WrongPages):
        cast.upload("wang", "wang", *[(PDF, "a.pdf")] * count)


def test_pages_of_a_failed_upload_are_thrown_away(house: House, cast: Cast) -> None:
    objects = house.tools.get(ObjectStore)
    page = records.store_page(objects, cast.patients["wang"], PHOTO, "a.jpg")
    records.discard_pages(objects, [page])
    assert page.view is not None
    for key in (page.original.key, page.view.key):
        with pytest.raises(FileNotFoundError):
            objects.get(key, str(cast.patients["wang"]))


@pytest.mark.invariant(13)
def test_an_object_of_one_patient_does_not_open_for_another(house: House, cast: Cast) -> None:
    """Pages stored for Wang and kept under Zhou by mistake stay unreadable: the owner is sealed into them."""
    page = records.store_page(house.tools.get(ObjectStore), cast.patients["wang"], PHOTO, "a.jpg")
    with house.write(cast.zhou) as work:
        kept = records.keep_document(work, cast.patients["zhou"], [page], "photo", "x")
    with pytest.raises(Unreadable), house.read(cast.zhou) as work:
        records.document_bytes(work, kept.id)


@pytest.mark.invariant(14)
def test_a_title_that_looks_like_code_stays_text(house: House, cast: Cast) -> None:
    title = "<script>alert('小雨')</script> ../../etc/passwd {{ 7*7 }}"
    kept = cast.upload("wang", "wang", (PDF, "<script>.pdf"), title=title)
    with house.read(cast.wang) as work:
        assert records.document(work, kept.id).title == title
        assert records.pages_of(work, kept.id)[0].name == "script.pdf"


def test_a_document_without_a_title_is_called_by_its_file(house: House, cast: Cast) -> None:
    assert cast.upload("wang", "wang", (PDF, "化验单.pdf"), title=" \u200b ").title == "化验单.pdf"


@pytest.mark.invariant(8)
def test_an_upload_that_fails_in_the_middle_leaves_nothing(house: House, cast: Cast) -> None:
    page = records.store_page(house.tools.get(ObjectStore), cast.patients["wang"], PHOTO, "a.jpg")
    with pytest.raises(RuntimeError), house.write(cast.wang) as work:
        records.keep_document(work, cast.patients["wang"], [page], "photo", "x")
        raise RuntimeError
    with house.read(HOUSE) as work:
        assert all_of(work, records.Document) == [] and all_of(work, records.DocumentPage) == []
