"""ICD-10 codes as records keep them: the same form that the policy reads."""
from app.kit.problems import invalid
from app.policy import api as policy


def family_of(code: str) -> str:
    """The three-character category, the family in which a condition counts as the same."""
    return code[:3]


def require_code(code: str | None, field: str) -> str:
    """Return the code in its usual spelling. Raises Invalid when it has not the form of an ICD-10 code."""
    normal = policy.normalise_icd10(code or "")
    if normal is None:
        raise invalid(field, "请填写 ICD-10 编码，例如 I10 或 J45.9。",
                      "Please give an ICD-10 code, such as I10 or J45.9.")
    return normal
