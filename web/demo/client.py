"""A person of the demo as a program: signs in and calls the public API."""
import time
from collections.abc import Callable
from typing import Any

import httpx
import pyotp

STEP = 30


class ApiFault(Exception):
    """The API refused: status and problem slug."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            self.problem = response.json()
        except ValueError:
            self.problem = {"slug": "not-json"}
        super().__init__(f"{response.request.method} {response.request.url.path}: {self.status} "
                         f"{self.problem.get('slug')} {self.problem.get('detail', '')}")

    @property
    def slug(self) -> str:
        """The stable word of the problem."""
        return str(self.problem.get("slug", ""))


class Person:
    """One signed-in client of the API; `now` is the clock that second codes are read by, in seconds."""

    def __init__(self, base_url: str, timeout: float = 30, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.http = httpx.Client(base_url=base_url, timeout=timeout)
        self.token = ""

    def call(self, method: str, path: str, **request: Any) -> Any:
        """Call the API and return its JSON. Raises ApiFault."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        response = self.http.request(method, f"/api/v1{path}", headers=headers, **request)
        if response.status_code >= 400:
            raise ApiFault(response)
        return response.json() if response.content else None

    def get(self, path: str, **params: Any) -> Any:
        """Read."""
        return self.call("GET", path, params=params)

    def post(self, path: str, body: Any = None, **request: Any) -> Any:
        """Do."""
        return self.call("POST", path, json=body if body is not None else {}, **request)

    def put(self, path: str, body: Any) -> Any:
        """Replace."""
        return self.call("PUT", path, json=body)

    def sign_in(self, login: str, password: str) -> "Person":
        """Sign in as a patient."""
        self.token = self.post("/sessions", {"login": login, "password": password})["token"]
        return self

    def sign_in_staff(self, login: str, password: str, secret: str) -> "Person":
        """Sign in with an authenticator; a code is good once, so a used one is followed by the next."""
        codes = pyotp.TOTP(secret)
        for attempt in range(4):
            moment = self.now()
            try:
                body = {"login": login, "password": password, "totp": codes.at(int(moment) + (attempt % 2) * STEP)}
                self.token = self.post("/sessions", body)["token"]
                return self
            except ApiFault as fault:
                if fault.slug != "wrong-second-code" or attempt == 3:
                    raise
            if attempt == 1:
                time.sleep(STEP - moment % STEP + 1)
        raise RuntimeError("not reached")


def until(look: Callable[[], Any], seconds: float = 20, pause: float = 0.15) -> Any:
    """Ask again until the answer is true; the last answer when time is up. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError("what was awaited did not come")
        time.sleep(pause)
