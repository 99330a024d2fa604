"""The pages of triage say how urgent it is and why, without the names of rules, levels or rule sets."""
import pytest

from tests.web.patient_walk import Phone
from tests.web.staff_site import Site

ENGINE = ("modifier", "protocol", "routine", "self_care", "rule set", "ruleset", ".default", "news2", "triage", "分诊",
          "规则集", "常规")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_from_the_first_question_to_the_result_speaks_like_the_engine(site: Site, lang: str) -> None:
    phone = Phone(site).sign_in("wang").speak(lang)
    for page in ("/triage", "/home"):
        assert [word for word in ENGINE if word in phone.open(page).words.lower()] == []
    phone.triage()
    words = phone.page.words.lower()
    assert [word for word in ENGINE if word in words] == []
    assert {"zh": "建议：不急", "en": "our advice: no rush"}[lang] in words


def test_the_record_names_it_as_the_patient_knows_it(site: Site) -> None:
    phone = Phone(site).sign_in("wang")
    phone.triage()
    assert "问症状：高血压复诊" in phone.open("/record").words and "分诊" not in phone.page.words
