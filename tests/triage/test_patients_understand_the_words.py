"""Everything that a patient reads of triage is said as one says it to a neighbour of 75, in both languages."""
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.kit.text import Text
from consult.triage.rulebook.reading import load_ruleset

# Words of the ward and of the engine; the sources keep their titles, which nobody may rename.
WARD_ZH = ("分诊", "晕厥", "板状腹", "强直", "糜烂", "黏膜", "呕血", "咯血", "消瘦", "绞痛", "劳力性",
           "进行性", "体位性", "既往", "疑似", "转移性", "鞍区", "颞部", "囟门隆起", "尿潴留", "血尿",
           "喉鸣", "喘鸣", "寒战", "黄疸", "放射至", "末次", "留置", "酮体阳性", "偏侧", "少尿",
           "修正", "方案", "规程", "阈值")
WARD_EN = ("triage", "protocol", "modifier", "jaundice", "fontanelle", "stridor", "colic", "palpitation", "mucous",
           "ketones positive", "saddle", "flank", "consciousness", "dehydration", "recurrent", "syncope", "rigors",
           "deformity", "on effort", "risk factors", "saturation (")


def told(found: Any, place: str = "") -> Iterator[tuple[str, Text]]:
    """Every pair of words in the rule set, with where it stands; the sources and what only doctors read left out."""
    if isinstance(found, Text):
        yield place, found
    elif isinstance(found, dict):
        for name, part in found.items():
            yield from () if name in ("sources", "departments") else told(part, f"{place}.{name}")
    elif isinstance(found, list | tuple | set | frozenset):
        for part in found:
            yield from told(part, place)
    elif type(found).__module__.startswith("consult"):
        yield from told(vars(found), place)


PAIRS = list(told(load_ruleset()))


def test_the_words_were_found():
    assert len(PAIRS) > 700


@pytest.mark.parametrize(("words", "lang"), [(WARD_ZH, "zh"), (WARD_EN, "en")])
def test_no_word_of_the_ward_or_of_the_engine_is_said(words, lang):
    said = [(place, text.get(lang)) for place, text in PAIRS if any(word in text.get(lang).lower() for word in words)]
    assert said == []


def test_a_sentence_is_short_enough_to_be_read_aloud():
    def sentences(text: str) -> list[str]:
        return re.split(r"[。！？；.!?;]", text)

    long = [(place, one) for place, text in PAIRS for one in sentences(text.zh) if len(one) > 60]
    assert long == []
