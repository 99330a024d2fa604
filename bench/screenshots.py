"""Pictures of the pages, and docs/pages.md that shows them: python -m bench.screenshots.

It starts a demo of its own in a folder that it removes, walks through the hospital, and looks at each page at 390 px
(patients) or 1440 px (staff), at one dot a pixel. A call is held between two browsers with
made-up cameras.
"""
import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bench.call_pictures import photograph_calls
from tests.pages.examples import DESK, PHONE, READERS, WORKERS, Example
from tests.pages.looking import Eye
from tests.pages.world import World, build, started
from tests.server import ROOT, Server

FOLDER, LIST = ROOT / "docs" / "screenshots", ROOT / "docs" / "pages.md"
MOST_BYTES = 250_000
HIGHEST = {PHONE: 2600, DESK: 2000}
SHOWN = {PHONE: 240, DESK: 720}


@dataclass(frozen=True)
class Shot:
    """One picture: its name, what it shows in a few words, and in which modes it is taken."""

    name: str
    who: str
    path: str
    shows: str
    modes: tuple[tuple[str, str], ...] = (("zh", ""),)
    width: int = PHONE
    height: int = 0

    @property
    def example(self) -> Example:
        """The example of this page."""
        return next(e for e in (*READERS, *WORKERS)
                    if (e.who, e.path, e.width) == (self.who, self.path, self.width))

    def files(self) -> list[tuple[str, str, str]]:
        """File name, language and size of each picture."""
        return [(f"{self.name}-{size or lang}-{self.width}.png", lang, size) for lang, size in self.modes]


BOTH = (("zh", ""), ("en", ""))
ALL = (*BOTH, ("zh", "elder"))
TRIAGE, VISIT, RX = "/triage/{ready_triage}", "/visits/{running_visit}", "/prescriptions/{approved_prescription}"
PATIENT = (
    Shot("landing", "nobody", "/", "The start page", BOTH),
    Shot("consents", "newcomer", "/register/consents", "Consents, none ticked beforehand"),
    Shot("home", "running", "/home", "Home: the one next thing, today's medicines", ALL),
    Shot("complaint", "mother", "/triage", "What is wrong, in one's own words"),
    Shot("danger-signs", "mother", "/triage/{mother_triage}/flags", "Danger signs on one screen"),
    Shot("question", "asked", "/triage/{asked_triage}/questions/{asked_question}", "One question a page"),
    Shot("result", "ready", f"{TRIAGE}/result", "The level, with its reasons"),
    Shot("emergency", "alarmed", "/triage/{alarmed_triage}/emergency", "An emergency closes the online way", BOTH),
    Shot("forecast", "ready", f"{TRIAGE}/forecast?evidence={{ready_evidence}}",
         "Before any money: what is likely, what is decided later", BOTH),
    Shot("upload", "ready", f"{TRIAGE}/evidence", "Photos of the earlier record"),
    Shot("doctors", "ready", f"{TRIAGE}/doctor?kind=follow_up&evidence={{ready_evidence}}", "Who, how long, how much"),
    Shot("check", "ready", f"{TRIAGE}/check?kind=follow_up&evidence={{ready_evidence}}&doctor=first",
         "Everything once more, with when money goes back"),
    Shot("waiting", "waiting", "/visits/{waiting_visit}/waiting", "The waiting room: a range, never a promise"),
    Shot("chat", "running", f"{VISIT}/chat", "The conversation", ALL, height=1120),
    Shot("prescription", "approved", RX, "A prescription, approved"),
    Shot("pharmacies", "approved", f"{RX}/pharmacies", "Pharmacies: price and time"),
    Shot("tracking", "picking", "/orders/{picking_order}", "Where the medicine is"),
    Shot("summary", "running", "/visits/{running_past_visit}/summary", "The visit in plain words"),
    Shot("medicines", "running", "/medicines", "Medicines", ALL),
    Shot("record", "running", "/record", "The record"),
    Shot("who-looked", "running", "/record/who-looked", "Who looked, and why"),
    Shot("family", "mother", "/family", "A family under one account"),
)
STAFF = (
    Shot("console", "doctor", "/doctor/visits/{running_visit}", "The doctor's console", BOTH, DESK),
    Shot("evidence", "doctor", "/doctor/evidence/{running_evidence}", "The paper beside its five checks", width=DESK),
    Shot("prescribe", "doctor", "/doctor/prescriptions/{running_prescription}", "Writing a prescription", BOTH, DESK),
    Shot("sign", "doctor", "/doctor/prescriptions/{running_prescription}/sign", "What will be signed", width=DESK),
    Shot("note", "doctor", "/doctor/visits/{running_visit}/note", "Note and diagnosis", width=DESK),
    Shot("review", "pharmacist", "/pharmacist/reviews/{signed_prescription}", "The pharmacist's review", width=DESK),
    Shot("board", "pharmacy", "/pharmacy/board", "The pharmacy's board", width=DESK),
    Shot("pick", "pharmacy", "/pharmacy/orders/{picking_order}/pick", "Every pack is scanned", width=DESK),
    Shot("decision", "compliance", "/admin/decisions/{running_decision}", "Why a step was allowed", BOTH, DESK),
    Shot("audit", "compliance", "/admin/audit", "Who read and changed what", width=DESK),
    Shot("licences", "admin", "/admin/licences/{licence}", "A doctor's licence file", width=DESK),
    Shot("rules", "compliance", "/admin/rules", "The rules in force, in sentences", BOTH, DESK),
    Shot("rule-version", "second", "/admin/rules/versions/{version_proposed}",
         "A second officer sees what changes, and the replay", width=DESK),
    Shot("calls", "admin", "/admin/calls", "Whether calls work here, and their settings", width=DESK),
    Shot("retention", "admin", "/admin/retention", "How long things are kept, what may go, holds", width=DESK),
)
CALLS = (("call-rings", PHONE, "The doctor would like to talk by video"), ("call-phone", PHONE, "A call on the phone"),
         ("call-console", DESK, "The same call in the console, beside talk and record"))
CALL_LANGS = ("zh", "en")


def rest() -> tuple[Shot, ...]:
    """Every page that has no picture above, called by its address; a page that shows several things is told apart."""
    shown = {(shot.who, shot.path, shot.width) for shot in (*PATIENT, *STAFF)}
    shots: dict[str, Shot] = {}
    for one in (*READERS, *WORKERS):
        if (one.who, one.path, one.width) in shown:
            continue
        name = "-".join(re.findall(r"[a-z0-9]+", re.sub(r"\{\w+\}", "", one.route))) or "start"
        while f"{name}-{one.width}" in shots:
            name += f"-{one.who}" if not name.endswith(one.who) else "-more"
        shots[f"{name}-{one.width}"] = Shot(name, one.who, one.path, one.route, width=one.width)
    return tuple(shots.values())


def small(png: bytes, width: int) -> bytes:
    """The picture with few colours and no more than a few screens, so that it stays light."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, HIGHEST[width])))
    out = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    if out.tell() > MOST_BYTES:
        raise ValueError(f"{out.tell()} bytes")
    return out.getvalue()


def take(eye: Eye, shot: Shot) -> None:
    """Write every picture of one page."""
    for name, lang, size in shot.files():
        (FOLDER / name).write_bytes(small(eye.shoot(shot.example, lang, size, shot.height), shot.width))


def seen_call(name: str, lang: str, png: bytes, width: int) -> None:
    """Write one picture of a call."""
    (FOLDER / f"{name}-{lang}-{width}.png").write_bytes(small(png, width))
    print(name)


def called() -> list[str]:
    """The lines of docs/pages.md that show the call."""
    lines = ["## A call", ""]
    for name, width, shows in CALLS:
        lines += [f"**{shows}**", ""]
        lines += [f'<img src="screenshots/{name}-{lang}-{width}.png" width="{SHOWN[width]}" alt="{shows} ({lang})">'
                  for lang in CALL_LANGS] + [""]
    return lines


def listing() -> str:
    """docs/pages.md."""
    lines = ["# Pages", "", "Pictures of the demo, taken by `make screenshots`. Everybody in them is invented.", ""]
    for title, shots in (("Patients", PATIENT), ("Staff", STAFF), ("Every other page, by its address", rest())):
        lines += [f"## {title}", ""]
        for shot in shots:
            lines += [f"`{shot.shows}`" if shot.shows.startswith("/") else f"**{shot.shows}**", ""]
            lines += [f'<img src="screenshots/{name}" width="{SHOWN[shot.width]}" alt="{shot.shows} ({size or lang})">'
                      for name, lang, size in shot.files()] + [""]
        lines += called() if title == "Staff" else []
    return "\n".join(lines)


def photograph(world: World) -> None:
    """All pictures of one hospital."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    eye = Eye(world)
    try:
        for shot in (*PATIENT, *STAFF, *rest()):
            take(eye, shot)
            print(shot.name)
    finally:
        eye.close()
    photograph_calls(world, CALL_LANGS, seen_call)


def main() -> None:
    """Start a hospital, let everybody walk, take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).prepare()
        try:
            photograph(build(started(server)))
        finally:
            server.stop()
    LIST.write_text(listing(), "utf-8")


if __name__ == "__main__":
    main()
