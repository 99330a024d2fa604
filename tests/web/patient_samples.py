"""Every page of the patient with sample views: the usual, the longest name, the empty list, the refusal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.web import (
    patient_samples_between,
    patient_samples_call,
    patient_samples_family,
    patient_samples_join,
    patient_samples_medicine,
    patient_samples_record,
    patient_samples_visit,
)
from tests.web.patient_people import NOW
from web.rendering import Lang, PageContext, Size, render

ROOMS = (
    patient_samples_join,
    patient_samples_family,
    patient_samples_visit,
    patient_samples_medicine,
    patient_samples_record,
    patient_samples_between,
    patient_samples_call,
)
SAMPLES = {name: sample for room in ROOMS for name, sample in room.SAMPLES.items()}
LANGS: tuple[Lang, ...] = ("zh", "en")
SIZES: tuple[Size, ...] = ("", "elder")


def context(lang: Lang, size: Size) -> PageContext:
    return PageContext(
        lang=lang,
        size=size,
        path="/here",
        csrf="csrf-of-the-test",
        nonce="n",
        account="wang",
        demo=False,
        audience="patient",
        unread=1,
        now=NOW,
    )


def page(name: str, lang: Lang = "zh", size: Size = "") -> str:
    template, view = SAMPLES[name]
    return render(template, context(lang, size), **view)


def every() -> Iterator[tuple[str, Lang, Size]]:
    """Each sample in each language and size."""
    yield from product(SAMPLES, LANGS, SIZES)
