"""Why a pharmacist returns a prescription, and how long a review may be held."""
from datetime import timedelta

from app.kit.text import Text

HOLD = timedelta(minutes=5)
# So long an approval can be taken back, unless somebody relied on it: then only a doctor revokes.
TAKE_BACK = timedelta(minutes=10)
REASONS: dict[str, Text] = {
    "dose": Text(zh="剂量或频次不合适", en="Dose or frequency is not suitable"),
    "interaction": Text(zh="药物相互作用", en="Interaction between medicines"),
    "allergy": Text(zh="与过敏史冲突", en="Conflicts with an allergy"),
    "indication": Text(zh="适应证与诊断不符", en="Indication does not fit the diagnosis"),
    "duplicate": Text(zh="重复用药", en="The same medicine twice"),
    "duration": Text(zh="用量或天数不合适", en="Quantity or days are not suitable"),
    "ground": Text(zh="在线开这张处方的前提变了", en="The ground for prescribing this online has changed"),
    "missing_information": Text(zh="缺少判断需要的信息", en="Information needed to judge is missing"),
    "other": Text(zh="其他，见说明", en="Other, see the remark"),
}
