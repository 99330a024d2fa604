"""The form that all events share: flat fields of ids, numbers and words, so that a job row can carry them."""
from dataclasses import asdict, dataclass, fields
from typing import Any, Self, get_type_hints
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """Something that happened; subclasses are frozen dataclasses of UUID, int, bool, str or None."""

    def to_json(self) -> dict[str, Any]:
        """Write the fields with UUIDs as text."""
        return {k: str(v) if isinstance(v, UUID) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        hints = get_type_hints(cls)
        return cls(**{f.name: _read(hints[f.name], data[f.name]) for f in fields(cls)})


def _read(hint: Any, value: Any) -> Any:
    return UUID(value) if value is not None and "UUID" in str(hint) else value
