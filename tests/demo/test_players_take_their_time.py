"""The played doctor waits for the patient's words, in the patient's language; a box takes its time on the road."""
from typing import Any

import pytest

from app.kit.clock import FrozenClock
from tests.demo.running import Demo
from web.demo.actors import Stage
from web.demo.cast import members
from web.demo.doctor import SAYS, SILENCE, Doctor
from web.demo.pharmacists import AT_THE_COUNTER, ON_THE_ROAD, Desk

ROW = {"visit": {"id": "v", "patient_id": "p", "kind": "advice"}}


class Api:
    """What the API would say; keeps what was posted."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.posted = answers, []

    def get(self, path: str) -> Any:
        return self.answers.get(path.rsplit("/", 1)[-1], {"channel": self.answers.get("channel")})

    def put(self, path: str, body: Any) -> None:
        """Marks are of no interest here."""

    def post(self, path: str, body: Any) -> None:
        self.posted.append((path, body))


def doctor_with(clock: FrozenClock, *senders: str, tongue: str = "zh") -> tuple[Doctor, Api]:
    doctor = Doctor(Stage("http://127.0.0.1:9", pace=0, clock=clock, tongue=lambda visit: tongue), members()["lin"])
    api = Api(messages=[{"seq": i, "sender": who, "text": ""} for i, who in enumerate(senders)])
    doctor.person = api  # type: ignore[assignment]
    return doctor, api


def test_only_a_long_silence_ends_the_waiting_however_often_one_looks(clock: FrozenClock) -> None:
    doctor, api = doctor_with(clock, "house", "doctor")
    assert not any(doctor.listen(ROW) for _ in range(200))
    clock.forward(minutes=9)
    assert not doctor.listen(ROW)
    clock.forward(minutes=2)
    assert doctor.listen(ROW) and api.posted == [] and SILENCE.total_seconds() >= 300


@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_the_doctor_speaks_as_the_account_reads_before_a_word_was_written(clock: FrozenClock, tongue: str) -> None:
    doctor, api = doctor_with(clock, "house", tongue=tongue)
    assert doctor.greet(ROW)
    assert [body["text"] for _, body in api.posted] == [SAYS[tongue]["greet"]]
    doctor, api = doctor_with(clock, "doctor", "patient", tongue=tongue)
    assert doctor.listen(ROW) and api.posted[0][1]["text"] == SAYS[tongue]["heard"]


@pytest.mark.parametrize(("state", "channel", "seconds"), [
    ("shipped", "delivery", ON_THE_ROAD), ("packed", "pickup", AT_THE_COUNTER)])
def test_a_box_is_not_handed_over_at_once(clock: FrozenClock, state: str, channel: str, seconds: float) -> None:
    row = {"order_id": "o", "state": state}
    desk = Desk(Stage("http://127.0.0.1:9", clock=clock, door=lambda order: "123456"), members()["kang"])
    api = Api(channel=channel, **{"pick-list": []})
    desk.person = api  # type: ignore[assignment]
    assert not desk._go_on(row)
    clock.forward(seconds=seconds - 1)
    assert not desk._go_on(row) and api.posted == []
    clock.forward(seconds=1)
    assert desk._go_on(row) and api.posted == [("/orders/o/deliver", {"code": "123456"})]


def test_who_becomes_somebody_on_an_english_page_is_greeted_in_english(demo: Demo) -> None:
    browser = demo.browser()
    browser.http.cookies.set("fuzhen-lang", "en")
    browser.become("wang")
    assert demo.person("wang").get("/me")["language"] == "en"
