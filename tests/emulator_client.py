"""How the emulator's own tests speak to it: plain requests, a clock they move, the smallest good payloads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from wasync.emulator.app import Emulator
from wasync.emulator.shapes import Row
from wasync.emulator.world import APP_ID, TOKEN, WABA_ID

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOST = "https://graph.facebook.com"
Answer = dict[str, Any]  # what tests look into is JSON of many shapes


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **length: float) -> None:
        self.now += timedelta(**length)


class Client:
    """One emulator and a caller with a token."""

    def __init__(
        self,
        seed: Row | None = None,
        *,
        token: str = TOKEN,
        emulator: Emulator | None = None,
        state_file: Path | None = None,
        sleep: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self.clock = Clock()
        self.emulator = emulator or Emulator(seed, state_file, self.clock, sleep=sleep)
        self.token = token
        self.session = requests.Session()
        self.session.mount(HOST, self.emulator.adapter())
        self.version = "v26.0"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        more.setdefault("timeout", 5)
        return self.session.request(method, f"{HOST}/{self.version}/{path}", headers=headers, **more)

    def get(self, path: str, **params: Any) -> Answer:
        answer = self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    def refused(self, method: str, path: str, **more: Any) -> Answer:
        """The error of a call that must be refused, with its HTTP status."""
        answer = self.call(method, path, **more)
        assert answer.status_code >= 400, answer.text
        error: Answer = answer.json()["error"]
        return error | {"status": answer.status_code}

    def create(self, payload: Answer) -> Answer:
        answer = self.call("POST", f"{WABA_ID}/message_templates", json=payload)
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    def refused_create(self, payload: Answer) -> Answer:
        return self.refused("POST", f"{WABA_ID}/message_templates", json=payload)

    def approved(self, payload: Answer) -> str:
        """The id of a template that went through review."""
        template_id: str = self.create(payload)["id"]
        self.emulator.control("approve", id=template_id)
        return template_id

    def edit(self, template_id: str, **changes: Any) -> Answer:
        answer = self.call("POST", template_id, json=changes)
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    def listed(self, **params: Any) -> Answer:
        return self.get(f"{WABA_ID}/message_templates", **params)

    def names(self, **params: Any) -> list[str]:
        return [one["name"] for one in self.listed(**params)["data"]]

    def upload(self, data: bytes = b"\x89PNG", kind: str = "image/png") -> str:
        path = f"{APP_ID}/uploads?file_name=a&file_length={len(data)}&file_type={kind}"
        session = self.call("POST", path).json()["id"]
        headers = {"Authorization": f"OAuth {self.token}", "file_offset": "0"}
        handle: str = self.call("POST", session, data=data, headers=headers).json()["h"]
        return handle


def body(text: str = "Your order has left our warehouse today.", *samples: str) -> Answer:
    found: Answer = {"type": "BODY", "text": text}
    return found | ({"example": {"body_text": [list(samples)]}} if samples else {})


def buttons(*given: Answer) -> Answer:
    return {"type": "BUTTONS", "buttons": list(given)}


def payload(*components: Answer, name: str = "order_shipped", language: str = "en_US", **more: Any) -> Answer:
    parts = list(components) or [body()]
    return {"name": name, "language": language, "category": "UTILITY", "components": parts} | more


def authentication(**more: Any) -> Answer:
    """A good authentication template; its name is login_code."""
    parts = (
        {"type": "BODY", "add_security_recommendation": True},
        {"type": "FOOTER", "code_expiration_minutes": 5},
        buttons({"type": "OTP", "otp_type": "copy_code"}),
    )
    return payload(*parts, **{"name": "login_code", "category": "AUTHENTICATION"} | more)
