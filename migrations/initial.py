"""Writes the first step of the schema anew from the models. Only before the first release."""
from pathlib import Path

from app.schema import whole_schema
from app.wiring import import_models

FOLDER = Path(__file__).parent / "versions" / "0001"
DIALECTS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
END = ";\n\n"


def written(dialect: str) -> str:
    """The SQL file of one database, as the models say today."""
    import_models()
    return "".join(statement + END for statement in whole_schema(DIALECTS[dialect]))


def read(dialect: str) -> list[str]:
    """The statements of one database as they were kept; no statement holds an empty line."""
    return [part for part in (FOLDER / f"{dialect}.sql").read_text("utf-8").split(END) if part]


def write() -> None:
    """Write both files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for dialect in DIALECTS:
        (FOLDER / f"{dialect}.sql").write_text(written(dialect), "utf-8")


if __name__ == "__main__":
    write()
