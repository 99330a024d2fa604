"""Rules to begin from: each a small version of its own, in packs/templates."""
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict

from app.kit.text import Text
from app.policy.reading import PACKS


class Template(BaseModel):
    """A name for addresses, what people read, and the YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    title: Text
    source: str


@cache
def templates() -> dict[str, Template]:
    """All templates by name."""
    files = sorted((PACKS / "templates").glob("*.yaml"))
    return {file.stem: Template(name=file.stem, **yaml.safe_load(file.read_text("utf-8"))) for file in files}
