"""A medicine of the history on an English page: the formulary's name where it is known, else as it was written."""
import pytest

from prescribing import api as prescribing


@pytest.mark.parametrize(("text", "drug", "english"), [
    ("氨氯地平", "amlodipine", "Amlodipine"), ("氨氯地平片 5 mg", "amlodipine", "Amlodipine 5 mg"),
    ("家里的草药", None, "家里的草药"), ("旧药", "no_such_drug", "旧药")])
def test_it_is_named_in_english_where_the_formulary_knows_it(text, drug, english):
    name = prescribing.medicine_name(text, drug)
    assert name.zh == text and name.en.lower().replace(" besylate", "").replace(" tablets", "") == english.lower()
