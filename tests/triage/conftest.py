"""The family of these tests, on each database."""
import pytest

from app.work import House
from consult.triage.rulebook.reading import load_ruleset
from consult.triage.rulebook.schema import RuleSet
from tests.triage.people import Family, settle


@pytest.fixture
def family(house: House) -> Family:
    """Wang, Ms Ma, Xiaoyu and Zhao in a house with a hospital."""
    return settle(house)


@pytest.fixture(scope="session")
def ruleset() -> RuleSet:
    """The shipped rule set."""
    return load_ruleset()
