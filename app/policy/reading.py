"""Reads YAML from people: safe within limits of size and depth, no aliases, no key twice."""
import re
from pathlib import Path
from typing import Any

import yaml

from app.policy.problems import PolicyError, unusable

PACKS = Path(__file__).parent / "packs"
MAX_BYTES = 512_000
MAX_DEPTH = 24
MAX_EVENTS = 20_000
MAX_DIGITS = 60
MAX_NUMBER = 2 ** 53 - 1
PLAIN = re.compile("[-+]?(0|[1-9][0-9]*)")
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)      # the same loader, ten times as fast where it is built


class _StrictLoader(PARSER):
    """The safe loader, which also refuses a key that stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is a plain word", key.start_mark)
            if (key.tag, key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key stands twice: {key.value}", key.start_mark)
            seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)


    def number(self, node: yaml.ScalarNode) -> float:
        """A number that canonical JSON can hold and people read as it stands: 1:30 would else be 90, and 010 be 8."""
        if ":" in node.value or (node.tag.endswith(":int") and not PLAIN.fullmatch(node.value)):
            raise yaml.constructor.ConstructorError(
                None, None, f"a number is written in plain decimal digits, not {node.value[:40]}", node.start_mark)
        read = self.construct_yaml_int if node.tag.endswith(":int") else self.construct_yaml_float
        value: float = read(node) if len(node.value) <= MAX_DIGITS else MAX_NUMBER + 1
        if isinstance(value, int) and abs(value) > MAX_NUMBER:
            raise yaml.constructor.ConstructorError(None, None, "a number is too large", node.start_mark)
        return value


    def words(self, node: yaml.ScalarNode) -> str:
        """Text that can be shown and kept: an escaped control character would reach people and break a database."""
        value: str = self.construct_scalar(node)
        unfit = UNFIT.search(value)
        if unfit:
            raise yaml.constructor.ConstructorError(
                None, None, f"a text holds the control character U+{ord(unfit[0]):04X}", node.start_mark)
        return value


_StrictLoader.add_constructor("tag:yaml.org,2002:str", _StrictLoader.words)
for kind in ("int", "float"):
    _StrictLoader.add_constructor(f"tag:yaml.org,2002:{kind}", _StrictLoader.number)


def readable(text: str) -> str:
    """What somebody typed, as it can be shown: half characters and control characters are written out."""
    return "".join(one.encode("unicode_escape").decode() if UNFIT.match(one) else one for one in text)


def read_yaml(text: str, file: str) -> dict[str, Any]:
    """Parse one YAML mapping; raises PolicyError with the file and the line."""
    if len(text.encode()) > MAX_BYTES:
        raise unusable("文件太大", f"the file is larger than {MAX_BYTES} bytes", file)
    try:
        _within_limits(text, file)
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506  a SafeLoader with one more refusal
    except (yaml.YAMLError, ValueError) as error:
        raise _not_yaml(error, file, text) from error
    if not isinstance(data, dict):
        raise unusable("最外层应是键值表", "the outermost level must be a mapping", file)
    return data


def _not_yaml(error: Exception, file: str, text: str) -> PolicyError:
    """Say what the parser stumbled over, and at which line."""
    mark, why = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error)
    line = min(mark.line + 1, max(1, len(text.splitlines()))) if mark else 0      # a mark may lie behind the end
    return unusable(f"不是有效的 YAML（{why}）", f"not valid YAML: {why}", file, line=line)


def _within_limits(text: str, file: str) -> None:
    """Walk the events before anything is built, so that a bomb never unfolds."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=PARSER)):
        if isinstance(event, yaml.AliasEvent):
            raise unusable("不接受 YAML 别名", "aliases are not accepted", file)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or number > MAX_EVENTS:
            raise unusable("嵌套太深或条目太多", "nested too deeply or too many entries", file)
