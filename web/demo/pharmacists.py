"""The pharmacist and the pharmacies whom the house plays."""
from functools import partial
from random import SystemRandom
from typing import Any

from web.demo.actors import Player

COURIER = "示范快送"
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
                self.rest(3)
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

    def turn(self) -> bool:
        """Do the next thing on the board: what is in hand first."""
        board = self.person.get("/board")
        return any(self._go_on(row) for row in board["in_hand"]) or any(self._accept(r) for r in board["offers"])

    def _accept(self, row: dict[str, Any]) -> bool:
        self.rest(1.5)
        return self.once(row["offer_id"], lambda: self.person.post(f"/offers/{row['offer_id']}/accept"))

    def _go_on(self, row: dict[str, Any]) -> bool:
        order, state = row["order_id"], row["state"]
        act = {"accepted": self._pack, "packed": self._ship, "shipped": self._deliver}.get(state)
        return act is not None and self.once(f"{order}-{state}", lambda: act(order))

    def _pack(self, order: str) -> None:
        for line in self.person.get(f"/orders/{order}/pick-list"):
            for _ in range(line["packs"] - len(line["codes"])):
                self.rest(0.6)
                code = f"{line['pack_prefix']}{dice.randrange(10**13):013d}"
                self.person.post(f"/orders/{order}/packs", {"code": code})
        self.person.post(f"/orders/{order}/pack")

    def _is_cold(self, order: str) -> bool:
        return any(line["cold"] for line in self.person.get(f"/orders/{order}/pick-list"))

    def _ship(self, order: str) -> None:
        """A box for pick-up stays at the counter until somebody says its code."""
        if self.person.get(f"/orders/{order}")["channel"] == "pickup":
            self._deliver(order)
        else:
            self.person.post(f"/orders/{order}/ship", {"courier": COURIER})

    def _deliver(self, order: str) -> None:
        self.rest(6)
        if self._is_cold(order):
            self.person.post(f"/orders/{order}/temperature", COLD)
        code = self.stage.door(order)
        if code:
            self.person.post(f"/orders/{order}/deliver", {"code": code})
