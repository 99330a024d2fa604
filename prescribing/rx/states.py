"""The life cycle of a prescription. Nothing outside this table changes its state."""
from app.kit.states import Machine, moves

PRESCRIPTION = Machine.of(
    "prescription", "draft",
    moves("sign", "draft", "signed", "doctor"),
    moves("discard", "draft", "discarded", "doctor"),
    moves("approve", "signed", "approved", "pharmacist"),
    moves("return", "signed", "returned", "pharmacist"),
    moves("take_back", "approved", "signed", "pharmacist"),
    moves("supersede", "returned", "superseded", "doctor"),
    moves("restore", "superseded", "returned", "doctor"),
    moves("redeem_part", "approved partly_redeemed", "partly_redeemed", "pharmacy house"),
    moves("redeem", "approved partly_redeemed", "redeemed", "pharmacy house"),
    moves("revoke", "signed approved partly_redeemed redeemed", "revoked", "doctor house"),
    moves("expire", "approved partly_redeemed", "expired", "house"),
    moves("reverse", "redeemed partly_redeemed", "approved", "pharmacy patient house"),
    moves("reverse_part", "redeemed partly_redeemed", "partly_redeemed", "pharmacy patient house"),
)

HIDDEN = ("draft", "discarded")
# An expired one too, and a revoked one: what was claimed of it may be on its way, or with the patient.
MAY_BRING = ("signed", "approved", "partly_redeemed", "redeemed", "expired", "revoked")
# Who reads what was only signed: those who stop one of two that do not go together, and the house's own jobs.
READS_SIGNED = ("doctor", "pharmacist", "house")
# What the patient may read: a pharmacist has seen it, whatever came of it afterwards.
READABLE = ("approved", "partly_redeemed", "redeemed", "expired", "revoked")
USABLE = ("approved", "partly_redeemed")
