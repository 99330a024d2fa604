"""Which answers a patient's history must hold, and how long a child's weight stays true."""
from datetime import date, timedelta

from app.kit.clock import completed_years

# House rules, to be confirmed by a clinician: wider than the WHO's reproductive age of 15 to 49.
PREGNANCY_AGES = range(12, 56)
CHILD_BELOW = 14
# A child outgrows a weight; a dose by the kilogram needs a recent one.
INFANT_BELOW, INFANT_WEIGHT, CHILD_WEIGHT = 2, timedelta(days=30), timedelta(days=180)
GRAMS = range(300, 400_001)
CLINICIANS = ("doctor", "pharmacist")
SHORTEST_REASON, MOST_REASON = 2, 300


def in_plain_words(text: str) -> str:
    """What two people who write the same allergy have in common."""
    return "".join(text.split()).casefold()


def asks_pregnancy(sex: str, born: date, on: date) -> bool:
    """True for whom the question has a meaning."""
    return sex == "female" and completed_years(born, on) in PREGNANCY_AGES


def asks_weight(born: date, on: date) -> bool:
    """True for children, whose doses go by weight."""
    return completed_years(born, on) < CHILD_BELOW


def weight_holds(weighed_on: date | None, born: date, on: date) -> bool:
    """True while a weight may still be used for this person; an adult's does not run out."""
    if weighed_on is None:
        return False
    if not asks_weight(born, on):
        return True
    longest = INFANT_WEIGHT if completed_years(born, on) < INFANT_BELOW else CHILD_WEIGHT
    return on - weighed_on <= longest
