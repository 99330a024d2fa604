"""Turns policy files into policies; whatever is wrong in one is refused here, with file, rule and field."""
import re
from pathlib import Path
from typing import Any

import rfc8785
from pydantic import ValidationError

from app.policy.canonical import canonical_bytes
from app.policy.conditions import compile_policy
from app.policy.problems import PolicyError, unusable
from app.policy.reading import MAX_BYTES, PACKS, read_yaml, readable
from app.policy.rulebook import Policy

LONGEST_NAME = 80
PACK_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9-]{{0,{LONGEST_NAME - 1}}}")


def parse_policy(data: dict[str, Any], file: str = "") -> Policy:
    """Build a Policy from plain data; raises PolicyError with file, rule and field of the first fault."""
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        first = _most_telling(error)
        rule, field = _place(data, first["loc"])
        raise unusable(f"内容不符合格式（{first['msg']}）", first["msg"], file, rule, field) from error
    try:
        compile_policy(policy)
    except PolicyError as error:
        raise error.in_file(file) from error
    _require_a_hash(policy, file)
    return policy


def _most_telling(error: ValidationError) -> Any:
    """The first fault, but a key that does not exist first: it is the typo behind "field required"."""
    faults = error.errors()
    strange = next((one for one in faults if one["type"] == "extra_forbidden"), None)
    return {**strange, "msg": "there is no such key"} if strange else faults[0]


def _require_a_hash(policy: Policy, file: str) -> None:
    """Canonical JSON holds no number beyond 2^53, no infinity, and nothing that is no number."""
    try:
        canonical_bytes(policy.plain())
    except (rfc8785.CanonicalizationError, ValueError) as error:    # ValueError: more digits than can be written
        raise unusable("有一个数太大，或者不是数", "a number is too large or is no number", file) from error


def _place(data: dict[str, Any], path: tuple[int | str, ...]) -> tuple[str, str]:
    """Turn pydantic's path into the rule's id and the field within the rule."""
    field = ".".join(str(part) for part in path)
    if len(path) < 2 or path[0] != "rules" or not isinstance(path[1], int):
        return "", field
    row = data["rules"][path[1]]
    name = row.get("id") if isinstance(row, dict) else None
    return str(name or f"rules[{path[1]}]"), ".".join(str(part) for part in path[2:])


def load_policy(path: Path) -> Policy:
    """Read one policy file from disk; raises PolicyError, also for a file that is no text."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise unusable("文件太大", f"the file is larger than {MAX_BYTES} bytes", path.name)
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unusable("文件读不出来", f"the file cannot be read: {error}", path.name) from error
    return parse_policy(read_yaml(text, path.name), path.name)


def load_pack(name: str) -> Policy:
    """Read a policy that ships with the product, by its id, such as "cn-mainland"."""
    path = PACKS / f"{name}.yaml"
    if not PACK_NAME.fullmatch(name) or not path.is_file():
        raise unusable("没有这个规则包", "there is no such pack", readable(name[:LONGEST_NAME]))
    return load_policy(path)
