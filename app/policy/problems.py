"""What can go wrong with a policy file, a table beside it, or a step that a policy refuses."""
from app.kit.problems import NotFound, Problem
from app.kit.text import Text


class PolicyError(Problem):
    """A policy file or table cannot be used; `file`, `rule` and `field` say where, `detail` says why."""

    slug = "policy-unusable"
    status = 422
    title = Text(zh="规则文件不能使用", en="The policy file cannot be used")

    def __init__(self, why: Text, file: str = "", rule: str = "", field: str = "", line: int = 0) -> None:
        self.why = why
        zh, en = (" · ".join(part for part in (file, words if line else "", rule, field) if part)
                  for words in (f"第 {line} 行", f"line {line}"))
        detail = Text(zh=f"{zh}：{why.zh}", en=f"{en}: {why.en}") if zh else why
        super().__init__(detail, file=file, rule=rule, field=field, line=line)

    def in_file(self, file: str, line: int = 0) -> "PolicyError":
        """Return the same refusal with the name of the file in which it was found, and the line where it is known."""
        return PolicyError(self.why, file, self.facts["rule"], self.facts["field"], line or self.facts["line"])

    def __str__(self) -> str:
        return self.detail.en


class StepRefused(Problem):
    """The policy does not let this step happen now; the facts carry the decision's id, verdict and rules."""

    slug = "step-refused"
    status = 409
    title = Text(zh="现在还不能做这一步", en="This step cannot be taken now")


class DecisionNotFound(NotFound):
    slug = "decision-not-found"
    title = Text(zh="没有找到这个判定", en="This decision was not found")


class DecisionAltered(Problem):
    """A stored decision no longer fits its own hash; somebody changed it past the program."""

    slug = "decision-altered"
    status = 409
    title = Text(zh="这个判定的记录被改动过，不能采信",
                 en="The record of this decision was changed and cannot be trusted")


def unusable(zh: str, en: str, file: str = "", rule: str = "", field: str = "", line: int = 0) -> PolicyError:
    """Build a PolicyError with its reason in both languages."""
    return PolicyError(Text(zh=zh, en=en), file, rule, field, line)
