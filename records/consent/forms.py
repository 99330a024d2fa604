"""The texts of consent as data: version, hash of what was shown, and words in both languages."""
import hashlib
from functools import cache
from pathlib import Path
from typing import Literal

import rfc8785
import yaml
from pydantic import BaseModel, ConfigDict

from app.kit.text import Text

SOURCE = Path(__file__).with_name("forms.yaml")


class Form(BaseModel):
    """One text; `binds` says whether consent to it holds for the patient or for one visit only."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    version: str
    binds: Literal["patient", "visit"]
    reviewed_by: str
    title: Text
    body: Text

    @property
    def sha256(self) -> str:
        """Hash of the canonical JSON (RFC 8785) of everything that the person saw, hex."""
        return hashlib.sha256(rfc8785.dumps(self.model_dump(mode="json"))).hexdigest()


@cache
def forms() -> dict[str, Form]:
    """All forms by name, read once per process."""
    data = yaml.safe_load(SOURCE.read_text("utf-8"))
    return {name: Form(name=name, **row) for name, row in data.items()}
