"""A scripted operator: logs in at the station over HTTP, fetches fields and their pictures, answers one by one."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import urllib.parse
import uuid
from typing import Any


class Clerk(threading.Thread):
    """One person's work in a thread of its own, until stop is set. kept: names of answers that were acknowledged."""

    def __init__(self, port: int, name: str, password: str, stop: threading.Event, pauses_s: tuple[float, float], *,
                 seed: int = 0) -> None:  # fmt: skip
        """pauses_s: between two answers, at least and at most."""
        super().__init__(name=name, daemon=True)
        self._port, self._password, self._stop_at, self._pauses_s = port, password, stop, pauses_s
        self._die = random.Random(seed)
        self._cookies: dict[str, str] = {}
        self._csrf = ""
        self.kept: list[str] = []

    def run(self) -> None:
        """Work."""
        self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        self._log_in()
        items: list[dict[str, Any]] = []
        while not self._stop_at.is_set():
            if not items:
                items = json.loads(self._ask("GET", "/api/next?order=page&n=20"))["items"]
                if not items:
                    return
            item = items.pop(0)
            if item["picture"]:
                self._ask("GET", item["picture"])
            self._answer(item)
            self._stop_at.wait(self._die.uniform(*self._pauses_s))

    def _answer(self, item: dict[str, Any]) -> None:
        verdict = "ok" if item["prefill"] else "blank"
        answer = {"client": str(uuid.uuid4()), "item": item["id"], "version": item["version"], "verdict": verdict,
                  "value": item["prefill"], "note": "", "active_ms": 900, "keys": 1, "sure": True}  # fmt: skip
        headers = {"Content-Type": "application/json", "X-CSRF": self._csrf}
        outcome = json.loads(self._ask("POST", "/api/answers", json.dumps({"answers": [answer]}), headers))["outcomes"][
            0
        ]
        if outcome["state"] == "kept":
            self.kept.append(answer["client"])

    def _log_in(self) -> None:
        csrf = self._token("/login")
        form = urllib.parse.urlencode({"csrf": csrf, "name": self.name, "password": self._password})
        self._ask("POST", "/login", form, {"Content-Type": "application/x-www-form-urlencoded"})
        self._csrf = self._token("/")

    def _token(self, path: str) -> str:
        found = re.search(r'name="csrf" content="([^"]*)"', self._ask("GET", path))
        return found[1] if found else ""

    def _ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> str:
        cookie = "; ".join(f"{k}={v}" for k, v in self._cookies.items())
        self._line.request(method, path, body, {**(headers or {}), "Cookie": cookie})
        answer = self._line.getresponse()
        for set_cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = set_cookie.partition(";")[0].partition("=")
            self._cookies[name] = value.strip('"')
        return answer.read().decode("utf-8", "replace")
