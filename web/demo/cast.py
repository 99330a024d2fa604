"""Who takes part in the demo, read from cast.yaml."""
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "cast.yaml"
SIGNING_PIN = "295731"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REGION = "120103"


@dataclass(frozen=True)
class Member:
    """One login of the cast; `login` is a phone number or a user name."""

    key: str
    login: str
    role: str
    name_zh: str
    name_en: str
    totp: str | None = None


@cache
def cast() -> dict[str, Any]:
    """The whole file."""
    return yaml.safe_load(FILE.read_text("utf-8"))


def password() -> str:
    """The one password of the demo."""
    return str(cast()["password"])


@cache
def members() -> dict[str, Member]:
    """Every login by its key."""
    people = {key: Member(key, row["phone"], "patient", row["people"][0]["name"], _spelt(key))
              for key, row in cast()["patients"].items()}
    staff = {key: Member(key, key, row["role"], row["name"]["zh"], row["name"]["en"], row["totp"])
             for key, row in cast()["staff"].items()}
    desks = {key: Member(key, key, "pharmacy", row["user"]["zh"], row["user"]["en"], row["totp"])
             for key, row in cast()["pharmacies"].items()}
    return people | staff | desks


@cache
def players() -> dict[str, Member]:
    """Everybody whom the house can play: the logins, and the programs of partner hospitals, which have none."""
    programs = {key: Member(key, "", "partner", row["name"]["zh"], row["name"]["en"])
                for key, row in cast()["partners"].items() if row["kind"] == "partner_hospital"}
    return members() | programs


def _spelt(key: str) -> str:
    return {"wang": "Wang Jianguo", "zhou": "Zhou Guifen", "ma": "Ma Li", "zhao": "Zhao Lei"}[key]


def id_number(born: date, serial: int) -> str:
    """A well-formed resident identity number (GB 11643): region, birth date, serial, check character."""
    body = f"{REGION}{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def serial_for(sex: str, place: int) -> int:
    """A serial whose last digit tells the sex: odd for male, even for female."""
    return 900 + place * 2 + (1 if sex == "male" else 0)
