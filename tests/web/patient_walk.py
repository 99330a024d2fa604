"""A patient who walks the pages by forms alone, and the staff whom the walk needs."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi.testclient import TestClient
from PIL import Image

from tests.web.staff_site import Form, Forms, Page, Site
from web.demo.cast import cast, password

CALM = {"systolic": "128", "diastolic": "78", "glucose": "6.5"}


def photo() -> bytes:
    """A picture of a paper, as a phone would take it."""
    out = io.BytesIO()
    Image.new("RGB", (320, 440), "white").save(out, "PNG")
    return out.getvalue()


class Phone:
    """One person's phone: keeps cookies, follows redirects, never runs a script."""

    def __init__(self, site: Site, lang: str = "zh") -> None:
        self.site = site
        self.client = TestClient(site.app, base_url="http://testserver")
        self.page = Page(self.client.get("/"))
        self.speak(lang)

    def speak(self, lang: str) -> Phone:
        """Choose the language as the switch in the header does."""
        self.page = Page(self.client.get("/prefs", params={"lang": lang}))
        return self

    def open(self, path: str, expect: int = 200) -> Page:
        self.page = Page(self.client.get(path))
        assert self.page.reply.status_code == expect, (path, self.page.reply.status_code, self.page.words[:500])
        return self.page

    def follow(self, ends: str) -> Page:
        return self.open(self.page.link(ends))

    def forms(self) -> list[Form]:
        return [one for one in Forms(self.page.html).found if one.method == "post"]

    def send(self, _action: str = "", _expect: int = 200, _files: Any = None, **values: Any) -> Page:
        """Fill in the form of the page (the one whose address ends with `_action`) and send it."""
        form = next(one for one in self.forms() if one.action.endswith(_action))
        to = form.action or str(self.page.reply.url)
        data = {**form.values, **{name: value for name, value in values.items() if value is not None}}
        self.page = Page(self.client.post(to, data=data, files=_files))
        assert self.page.reply.status_code == _expect, (to, self.page.reply.status_code, self.page.words[:700])
        self.site.run()
        return self.page

    def sign_in(self, who: str) -> Phone:
        self.open("/sign-in")
        self.send(phone=cast()["patients"][who]["phone"], password=password())
        assert self.page.path == "/home", self.page.words[:300]
        return self

    def sms(self, phone: str) -> str:
        told = self.client.get("/api/v1/demo/sms", params={"phone": phone}).json()
        return "".join(c for c in told[0]["text"] if c.isdigit())[:6]

    # --- stretches of the way ---------------------------------------------------------------------------

    def triage(self, complaint: str = "hypertension_followup", words: str = "来续降压药") -> str:
        """Answer calmly up to the result; returns the triage's address."""
        self.open("/triage")
        self.send(words=words, complaint=complaint)
        assert self.page.path.endswith("/flags"), self.page.path
        self.send(flags="none")
        for _ in range(40):
            if "/questions/" not in self.page.path:
                break
            self.answer_calmly()
        assert self.page.path.endswith("/result"), (self.page.path, self.page.words[:300])
        return self.page.path.removesuffix("/result")

    def answer_calmly(self) -> Page:
        question = self.page.path.rsplit("/", 1)[1]
        values = re.findall(r'type="radio"[^>]*value="([^"]+)"', self.page.html)
        if not values:
            values = re.findall(r'value="([^"]+)"[^>]*type="radio"', self.page.html)
        if not values:
            return self.send(answer=CALM[question]) if question in CALM else self.send(unknown="yes")
        calm = "no" if "no" in values else [v for v in values if v != "unknown"][-1]
        return self.send(answer=calm)

    def confirm_history(self) -> Page:
        """Confirm what stands there; what was never asked is answered with none, what we did not bring with no."""
        given = self.forms()[0].values
        asked = dict.fromkeys(re.findall(r'name="(taking-[^"]+)"', self.page.html), "no")
        return self.send(allergies=given.get("allergies") or "no", medicines=given.get("medicines") or "no",
                         pregnancy=given.get("pregnancy") or "no", weight=given.get("weight") or "16.5",
                         **{name: given.get(name) or answer for name, answer in asked.items()})

    def to_forecast(self, **triage: str) -> str:
        here = self.triage(**triage)
        self.follow("/history")
        self.confirm_history()
        assert self.page.path == f"{here}/forecast", (self.page.path, self.page.words[:400])
        return here

    def use_held_record(self) -> Page:
        """Choose the record that the partner hospital sent."""
        held = re.findall(r'value="([0-9a-f-]{36})"', self.page.html)
        return self.send(seen=held[0])

    def ask(self, doctor: str = "first") -> str:
        """From the forecast to the cashier; returns the visit's address."""
        links = re.findall(r'href="([^"]+)"', self.page.html)
        link = next(h for h in links if "/doctor?" in h).replace("&amp;", "&")
        self.open(link)
        listed = re.findall(r'name="doctor" value="([0-9a-f-]{36})"', self.page.html)
        picked = doctor if doctor == "first" else listed[0]
        self.send(doctor=picked)
        self.send(consent="yes")
        return self.cashier()

    def cashier(self) -> str:
        """Through our waiting page to the cashier's; returns what is paid for."""
        self.site.run()
        here = self.page.path.removesuffix("/pay")
        self.open(f"{here}/pay")
        self.follow(next(h for h in re.findall(r'href="(/cashier/[^"]+)"', self.page.html)))
        return here

    def pay(self) -> Page:
        """Press pay and come back when the bank has answered."""
        self.send(do="approve")
        return self.open(self.page.path)

    def wait_for_doctor(self, doctor: str = "first") -> str:
        """From home to the waiting room with Mr Wang's record; returns the visit's address."""
        self.to_forecast()
        self.use_held_record()
        visit = self.ask(doctor)
        self.pay()
        assert self.page.path == f"{visit}/waiting", (self.page.path, self.page.words[:300])
        return visit


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
