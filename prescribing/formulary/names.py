"""Names made comparable: a whole name equals a whole name, and never a part of one."""
import re
import unicodedata

SALTS_ZH = ("盐酸", "苯磺酸", "马来酸", "富马酸", "酒石酸", "琥珀酸", "硫酸", "硫酸氢", "磷酸", "枸橼酸",
            "氢溴酸", "醋酸",
            "硝酸", "草酸", "甲磺酸")
SALTS_EN = ("hydrochloride", "besylate", "besilate", "maleate", "fumarate", "tartrate", "succinate", "sulfate",
            "sulphate", "phosphate", "citrate", "hydrobromide", "acetate", "nitrate", "oxalate", "mesylate",
            "bisulfate", "sodium", "potassium", "calcium", "hcl")
FORMS_ZH = ("缓释胶囊", "肠溶胶囊", "软胶囊", "缓释片", "控释片", "肠溶片", "分散片", "咀嚼片", "泡腾片",
            "片", "胶囊", "颗粒",
            "混悬液", "混悬滴剂", "口服溶液",
            "口服液", "糖浆", "滴剂", "注射液", "乳膏", "软膏", "凝胶", "气雾剂", "散",
            "缓释", "控释")
FORMS_EN = ("tablets", "tablet", "capsules", "capsule", "suspension", "syrup", "injection", "cream", "ointment",
            "inhaler", "er", "sr", "xr", "pills")
STRENGTH = re.compile(r"\d+(\.\d+)?\s*(mg|ug|µg|μg|mcg|g|ml|iu|毫克|微克|克|毫升|单位|片|粒)(/\w+)?")


def normal(name: str) -> str:
    """Width, case, blanks, hyphens and apostrophes made equal (NFKC, lower case)."""
    text = unicodedata.normalize("NFKC", name).lower().replace("’", "'")
    return re.sub(r"\s*-\s*", "-", re.sub(r"\s+", " ", text)).strip(" .,;，。；、")


def candidates(name: str) -> list[str]:
    """The name as written, then without strength, then form, then salt; each is compared as a whole."""
    found = [normal(name)]
    found.append(STRENGTH.sub("", re.sub(r"[（(].*?[)）]", "", found[0])).strip())
    found.append(_without_form(found[-1]))
    found.append(_without_salt(found[-1]))
    return [each for each in dict.fromkeys(found) if each]


def _without_form(name: str) -> str:
    for form in FORMS_ZH:
        if name.endswith(form) and len(name) > len(form) + 1:
            return name.removesuffix(form)
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1] in FORMS_EN else name


def _without_salt(name: str) -> str:
    for salt in sorted(SALTS_ZH, key=len, reverse=True):
        if name.startswith(salt) and len(name) > len(salt) + 1:
            return name.removeprefix(salt)
    if re.search(r"[\u4e00-\u9fff]{3,}[钠钾钙]$", name):
        return name[:-1]
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1] in SALTS_EN else name
