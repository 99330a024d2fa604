"""The pharmacist and the pharmacies whom the house plays."""
from datetime import datetime, timedelta
from functools import partial
from random import SystemRandom
from typing import Any

from web.demo.actors import Player

COURIER = "示范快送"
ON_THE_ROAD, AT_THE_COUNTER = 120.0, 60.0     # seconds until the courier rings, or until somebody comes for the box
COLD = {"min_c": 3.5, "max_c": 6.5, "max_gap_minutes": 5}
dice = SystemRandom()


class Pharmacist(Player):
    """Takes the oldest prescription in hand, reads it, approves; what the checks refuse goes back."""

    topics = ("review",)

    def turn(self) -> bool:
        """Decide one prescription."""
        for row in self.person.get("/reviews"):
            rx = row["prescription_id"]
            if self.once(f"{rx}-hold", partial(self.person.post, f"/prescriptions/{rx}/hold")):
                self.rest(8)
                return self._decide(rx)
        return False

    def _decide(self, rx: str) -> bool:
        self.given_up.add(f"{rx}-hold")
        if self.once(f"{rx}-approve", lambda: self.person.post(f"/prescriptions/{rx}/approve")):
            return True
        back = {"reason_code": "other", "text": "核对未通过，请医生再看一遍。"}
        return self.once(f"{rx}-return", lambda: self.person.post(f"/prescriptions/{rx}/return", back))


class Desk(Player):
    """One pharmacy: takes offers, picks, packs, ships, and delivers when the person at the door says the code."""

    topics = ("board",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.due: dict[str, datetime] = {}

    def turn(self) -> bool:
        """Do the next thing on the board: what is in hand first."""
        board = self.person.get("/board")
        return any(self._go_on(row) for row in board["in_hand"]) or any(self._accept(r) for r in board["offers"])

    def _accept(self, row: dict[str, Any]) -> bool:
        self.rest(6)
        return self.once(row["offer_id"], lambda: self.person.post(f"/offers/{row['offer_id']}/accept"))

    def _go_on(self, row: dict[str, Any]) -> bool:
        order, state = row["order_id"], row["state"]
        act = {"accepted": self._pack, "packed": self._hand_over, "shipped": self._deliver}.get(state)
        if act is None or f"{order}-{state}" in self.given_up or not self._is_due(row):
            return False
        return self.once(f"{order}-{state}", lambda: act(order))

    def _is_due(self, row: dict[str, Any]) -> bool:
        """The courier needs a while, and so does whoever comes to the counter; other boxes go on meanwhile."""
        seconds = {"shipped": ON_THE_ROAD, "packed": AT_THE_COUNTER if self._is_pickup(row["order_id"]) else 0.0}
        now, key = self.stage.clock.now(), f"{row['order_id']}-{row['state']}"
        wait = timedelta(seconds=seconds.get(row["state"], 0.0) * self.stage.pace)
        return now >= self.due.setdefault(key, now + wait)

    def _is_pickup(self, order: str) -> bool:
        return bool(self.person.get(f"/orders/{order}")["channel"] == "pickup")

    def _pack(self, order: str) -> None:
        for line in self.person.get(f"/orders/{order}/pick-list"):
            for _ in range(line["packs"] - len(line["codes"])):
                self.rest(3)
                code = f"{line['pack_prefix']}{dice.randrange(10**13):013d}"
                self.person.post(f"/orders/{order}/packs", {"code": code})
        self.person.post(f"/orders/{order}/pack")

    def _is_cold(self, order: str) -> bool:
        return any(line["cold"] for line in self.person.get(f"/orders/{order}/pick-list"))

    def _hand_over(self, order: str) -> None:
        """A box for pick-up stays at the counter until somebody says its code."""
        if self._is_pickup(order):
            self._deliver(order)
        else:
            self.person.post(f"/orders/{order}/ship", {"courier": COURIER})

    def _deliver(self, order: str) -> None:
        if self._is_cold(order):
            self.person.post(f"/orders/{order}/temperature", COLD)
        code = self.stage.door(order)
        if code:
            self.person.post(f"/orders/{order}/deliver", {"code": code})
