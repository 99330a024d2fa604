"""What the partner hospital of the demo sends: a FHIR R4 Bundle of a visit in person, as its program would write it."""
import json
from datetime import date
from typing import Any

from records import api as records

HOSPITAL = "人民医院"
# Invented, signed by no clinician, as everything clinical of the demo.
OUTPATIENT: dict[str, dict[str, str]] = {
    "I10": {"主诉": "发现血压升高 6 年，复查。", "现病史": "规律服药，家测血压多在 140/85 mmHg，无头晕胸闷。",
            "查体": "BP 142/88 mmHg，HR 72 次/分，律齐。", "诊断": "原发性高血压 2 级。",
            "处理": "氨氯地平 5 mg 每日 1 次，低盐饮食，3 个月后复诊。"},
    "E78.5": {"主诉": "体检发现血脂高，复查。", "现病史": "服阿托伐他汀半年，无肌痛。", "诊断": "高脂血症。",
              "处理": "阿托伐他汀 20 mg 每晚 1 次，2 个月后复查血脂、肝功能。"},
    "J45.9": {"主诉": "反复咳嗽、喘息 1 年，复诊。", "现病史": "夜间偶咳，近一月未用急救吸入剂。",
              "查体": "呼吸平稳，双肺未闻及哮鸣音。", "诊断": "支气管哮喘，控制良好。",
              "处理": "孟鲁司特 4 mg 每晚 1 次，4 周后复诊。"},
}


def fhir_record(name: str, id_number: str, code: str, label: str, day: date, words: dict[str, str],
                department: str = "内科门诊", doctor: str = "郭志远") -> bytes:
    """One Condition, one Encounter and one Composition; `words` are the sections of the outpatient record."""
    subject = {"identifier": {"system": records.NATIONAL_ID, "value": id_number}, "display": name}
    status = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    resources: list[dict[str, Any]] = [
        {"resourceType": "Composition", "status": "final", "subject": subject, "title": "门诊病历",
         "date": day.isoformat(), "author": [{"display": doctor}],
         "section": [{"title": title, "text": {"status": "generated", "div": f"<div>{text}</div>"}}
                     for title, text in words.items()]},
        {"resourceType": "Encounter", "status": "finished", "subject": subject,
         "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
         "serviceType": {"text": department}, "serviceProvider": {"display": HOSPITAL},
         "period": {"start": f"{day.isoformat()}T09:20:00+08:00", "end": f"{day.isoformat()}T09:41:00+08:00"}},
        {"resourceType": "Condition", "subject": subject, "recordedDate": day.isoformat(),
         "verificationStatus": {"coding": [{"system": status, "code": "confirmed"}]},
         "code": {"coding": [{"system": records.ICD10[0], "code": code, "display": label}]}}]
    bundle = {"resourceType": "Bundle", "type": "document", "entry": [{"resource": one} for one in resources]}
    return json.dumps(bundle, ensure_ascii=False).encode()
