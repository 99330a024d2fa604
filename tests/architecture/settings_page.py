"""Writes docs/settings.md from the settings themselves: `python -m tests.architecture.settings_page`."""
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from app.settings import Settings
from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "settings.md"
HEAD = """# Settings

Every setting is an environment variable. `fuzhen` reads them at its start and ends with status 2 and a sentence when
one is wrong; the sentence never repeats the value. Written from `app/settings.py`; a test keeps this page fresh.

| variable | default | what it means |
|---|---|---|
"""
TAIL = """
## Production

`FUZHEN_MODE` is `production` unless it is set, and production refuses what is only good for a demo: the sandbox
cashier, a shifted clock, a key that the program made itself, and the stand-ins for text messages and the real-name
register. An address of people's own (`FUZHEN_PUBLIC_URL`) begins with
https, and what comes without https is turned away: a TLS proxy on another machine must stand in
`FUZHEN_TRUSTED_PROXIES`. An adapter of yours is a class without arguments that offers what `app/notify/sms.py` or
`app/identity/people/realname.py` demands. A trial without real patients may name the stand-ins it accepts. It needs at
least:

```sh
# run `openssl rand -base64 32` once, put here what it prints, and keep a copy elsewhere: a new key at every start, or
# a lost one, and nothing that was sealed can be read
FUZHEN_MASTER_KEY=…
FUZHEN_DATABASE_URL=postgresql://…
FUZHEN_PUBLIC_URL=https://…
FUZHEN_PAYMENT_PROVIDER=stripe
FUZHEN_STRIPE_SECRET_KEY=sk_…
FUZHEN_STRIPE_WEBHOOK_SECRET=whsec_…
# for a trial without real patients, instead of these two: FUZHEN_ACCEPT_STAND_INS='["sms", "realname"]'
FUZHEN_SMS_ADAPTER=yourhouse.sms:Sender
FUZHEN_REALNAME_ADAPTER=yourhouse.register:Register
```

As a file, `fuzhen.env`, it serves both: `set -a; . ./fuzhen.env; set +a` in a shell, `EnvironmentFile=` in a service.

What is missing is told all at once. A database without the newest schema ends `serve`, `worker` and every other command
with status 2 and `run fuzhen migrate`; a folder that holds no installation is refused too, and nothing is made in it.

## Files

`FUZHEN_DATA` holds the documents and recordings (`objects`), sealed under the master key. Several web machines must
share that folder. Outside production the master key itself lies there too, in plain (`keys/master.key`), and a backup
of such an installation carries it: whoever has that file can read everything in it. A production has its key in
`FUZHEN_MASTER_KEY` alone, and its backup holds none.
"""


def default_of(field: FieldInfo) -> str:
    """The default as somebody would type it."""
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    told = {True: "true", False: "false", None: ""}.get(value, value) if isinstance(value, bool | None) else value
    return f"`{told}`" if str(told) else "empty"


def page() -> str:
    """The whole page."""
    rows = [f"| `FUZHEN_{name.upper()}` | {default_of(field)} | {(field.description or '').replace('|', '/')} |"
            for name, field in Settings.model_fields.items()]
    return HEAD + "\n".join(rows) + "\n" + TAIL


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
