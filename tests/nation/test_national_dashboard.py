"""The dashboard: pages for whoever has a token, nothing for others, and no way to change anything."""

import asyncio
import base64
import gzip
import hashlib
import json
import shutil
from datetime import date
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import uvicorn
from uvicorn.server import ServerState

from digitize.errors import OptionsError
from digitize.machine import web_server
from digitize.offices import web
from digitize.offices.access import add_user, make_token, read_tokens, revoke_token
from digitize.offices.office import open_office
from digitize.offices.picture import Limits
from digitize.offices.states import shown_states
from digitize.offices.web import COOKIE, SignOn, make_app
from sample_data.makers.national import invent, month_ends, seal_plain, snapshot

ENDS = month_ends(6, date(2025, 6, 30))


def call(app, path="/", method="GET", headers=(), body=b"", client="127.0.0.1"):
    """One request: status, headers, text. body: None for one that never comes."""
    found = {}

    async def run():
        sent = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive():
            if body is None:
                await asyncio.sleep(60)
            return sent.pop() if sent else {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                found["status"], found["headers"] = (
                    message["status"],
                    {k.decode(): v.decode() for k, v in message["headers"]},
                )
            else:
                found["body"] = found.get("body", b"") + message.get("body", b"")

        path_, _, query = path.partition("?")
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path_,
                 "raw_path": path_.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http",
                 "headers": [(k.lower().encode(), v.encode()) for k, v in headers], "client": (client, 1),
                 "server": ("127.0.0.1", 8770)}  # fmt: skip
        await app(scope, receive, send)

    asyncio.run(run())
    data = found.get("body", b"")
    data = gzip.decompress(data) if found["headers"].get("content-encoding") == "gzip" else data
    return found["status"], found["headers"], data.decode("utf-8-sig")


@pytest.fixture(scope="module")
def made(digitize, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dashboard")
    states = invent(folder / "keys", stations=360, records=360_000)
    for s in states[:2]:
        digitize("national", "keys", "add", s.code, s.public, "--dir", folder / "n")
    path = folder / "one.snapshot"
    path.write_bytes(seal_plain(snapshot(states[0], 4, 6, ENDS[4], with_stations=True), states[0].key))
    digitize("national", "add", path, "--dir", folder / "n")
    return folder / "n", states


@pytest.fixture
def office(made, tmp_path):
    return open_office(shutil.copytree(made[0], tmp_path / "n"))


@pytest.fixture
def token(office):
    return make_token(office.folder, "Joint Secretary")


def test_without_a_token_there_is_only_the_question_for_one(office, token):
    app = make_app(office, Limits())
    for path in ("/", "/picture.json", "/figures.csv", "/counts.csv", f"/?token={token}"):
        status, headers, text = call(app, path)
        assert status == 401
        assert "Access token" in text and "Andaman" not in text
        assert headers["cache-control"] == "no-store"
    assert call(app, headers=[("Authorization", f"Bearer {token}x")])[0] == 401
    assert call(app, headers=[("Cookie", f"{COOKIE}=guessed")])[0] == 401


def test_with_a_token_the_page_and_every_table_are_there(office, token):
    app = make_app(office, Limits())
    bearer = [("Authorization", f"Bearer {token}")]
    assert "1 of 36 States and UTs has reported" in call(app, headers=bearer)[2]
    assert 'lang="hi"' in call(app, "/?lang=hi", headers=bearer)[2]
    assert json.loads(call(app, "/picture.json", headers=bearer)[2])["level"] == "nation"
    for name in ("figures", "counts", "breakdowns", "integration", "history", "exceptions"):
        status, headers, text = call(app, f"/{name}.csv", headers=bearer)
        assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert len(text.splitlines()) > 1


def test_what_did_not_change_is_not_sent_again_and_the_rest_is_packed(office, token):
    app = make_app(office, Limits())
    bearer = [("Authorization", f"Bearer {token}")]
    _, headers, text = call(app, headers=bearer)
    assert headers["cache-control"] == "private, no-cache"
    packed = call(app, headers=[*bearer, ("Accept-Encoding", "gzip")])
    assert packed[1]["content-encoding"] == "gzip" and packed[2] == text
    assert int(packed[1]["content-length"]) < len(text) / 3
    again = call(app, headers=[*bearer, ("If-None-Match", headers["etag"])])
    assert (again[0], again[2]) == (304, "")
    # Who may not look is not told whether it changed.
    assert call(app, headers=[("If-None-Match", headers["etag"])])[0] == 401


def test_a_state_sees_itself_and_the_sum_and_nothing_of_another(made, office, digitize, tmp_path):
    one, other = made[1][:2]
    path = tmp_path / "two.snapshot"
    path.write_bytes(seal_plain(snapshot(other, 4, 6, ENDS[4], with_stations=True), other.key))
    digitize("national", "add", path, "--dir", office.folder)
    bearer = [("Authorization", f"Bearer {make_token(office.folder, 'SCRB', one.code)}")]
    app = make_app(office, Limits())
    names = {s.code: s.names["en"] for s in shown_states().values()}
    for address in ("/", "/picture.json", "/counts.csv", "/exceptions.csv", "/history.csv", "/integration.csv"):
        status, _, text = call(app, address, headers=bearer)
        assert status == 200
        assert names[other.code] not in text and f"{other.code.upper()} District" not in text
    assert names[one.code] in call(app, headers=bearer)[2]
    assert "India: " in call(app, headers=bearer)[2]
    with pytest.raises(OptionsError, match="no state"):
        make_token(office.folder, "x", "xx")


def test_single_sign_on_is_believed_of_the_proxy_alone(office):
    add_user(office.folder, "js@mha")
    app = make_app(office, Limits(), sign_on=SignOn("X-Remote-User", frozenset({"10.0.0.2"})))
    named = [("X-Remote-User", "js@mha")]
    assert call(app, headers=named, client="10.0.0.2")[0] == 200
    assert call(app, headers=named, client="10.0.0.3")[0] == 401
    assert call(app, headers=[("X-Remote-User", "nobody")], client="10.0.0.2")[0] == 401
    assert call(app, headers=[*named, ("X-Remote-User", "other")], client="10.0.0.2")[0] == 401
    assert call(make_app(office, Limits()), headers=named, client="10.0.0.2")[0] == 401
    # A user has no token, so an empty one is none.
    assert call(app, "/enter", "POST", body=b"token=")[0] == 401
    revoke_token(office.folder, "js@mha")
    assert call(app, headers=named, client="10.0.0.2")[0] == 401


def test_the_log_tells_who_asked_for_what_and_no_secret(office, token, caplog):
    app = make_app(office, Limits(), logs=True)
    with caplog.at_level("INFO", logger="digitize.dashboard"):
        call(app, f"/?token={token}", headers=[("Authorization", f"Bearer {token}")])
        call(app, "/enter", "POST", body=urlencode({"token": token}).encode())
        call(app, "/nowhere\nx")
    lines = [r.getMessage() for r in caplog.records]
    assert lines[0].startswith("Joint Secretary\tGET\t/\t200\t")
    assert lines[1].startswith("-\tPOST\t/enter\t303\t") and lines[2].count("\n") == 0
    assert token not in "".join(lines)


class Pipe:
    """A connection of nobody."""

    closed = False

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True

    def get_extra_info(self, name):
        return None

    def pause_reading(self):
        pass


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-"])
def test_a_half_sent_request_is_not_waited_for(monkeypatch, sent):
    monkeypatch.setattr(web_server, "SECONDS_FOR_REQUEST", 0.01)

    async def run():
        config = uvicorn.Config(lambda *_: None, log_level="critical")
        held = web_server.PatientOnce(config, ServerState(), {})
        pipe = Pipe()
        held.connection_made(pipe)
        if sent:
            held.data_received(sent)
        await asyncio.sleep(0.05)
        return pipe.closed

    assert asyncio.run(run())


def test_a_second_request_is_not_waited_for_either_and_the_oldest_idle_gives_place(monkeypatch):
    monkeypatch.setattr(web_server, "SECONDS_FOR_REQUEST", 0.01)
    monkeypatch.setattr(web_server, "MOST_IDLE", 2)

    async def run():
        config = uvicorn.Config(lambda *_: None, log_level="critical")
        pipes = [Pipe() for _ in range(3)]
        made = [web_server.PatientOnce(config, ServerState(), {}) for _ in pipes]
        for held, pipe in zip(made, pipes, strict=True):
            held.connection_made(pipe)
        crowded = [pipe.closed for pipe in pipes]
        answered = made[2]
        answered._wait_no_more()
        answered.cycle = SimpleNamespace(more_body=False, response_complete=True, message_event=asyncio.Event())
        answered.data_received(b"GET / HTTP/1.1\r\nX-")
        await asyncio.sleep(0.05)
        late = pipes[2].closed
        for held in made:
            held.connection_lost(None)
        return crowded, late

    assert asyncio.run(run()) == ([True, False, False], True)


def test_the_form_gives_a_session_that_scripts_cannot_read(office, token):
    app = make_app(office, Limits(), is_secure=True)
    status, headers, _ = call(app, "/enter", "POST", body=urlencode({"token": token}).encode())
    cookie = headers["set-cookie"]
    assert (status, headers["location"]) == (303, "/")
    assert all(word in cookie.lower() for word in ("httponly", "samesite=strict", "secure"))
    assert token not in cookie
    session = cookie.partition(";")[0]
    assert call(app, headers=[("Cookie", session)])[0] == 200
    assert call(make_app(office, Limits()), headers=[("Cookie", session)])[0] == 401


@pytest.mark.parametrize(
    "path", ["/nothere", "/picture.json/", "/../access.json", "/received.sqlite", "//evil.example", "/figures.csv\x00"]
)
def test_no_address_leads_anywhere_else(office, token, path):
    status, headers, text = call(make_app(office, Limits()), path, headers=[("Host", "evil.example")])
    assert (status, text) == (404, "Not Found")
    assert "location" not in headers
    assert headers["cache-control"] == "no-store"


def test_no_script_runs_but_the_page_s_own(office, token):
    _, headers, text = call(make_app(office, Limits()), headers=[("Authorization", f"Bearer {token}")])
    script = text[text.rindex("<script>") + 8 : text.rindex("</script>")]
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"script-src 'sha256-{own}';"
    assert allowed in headers["content-security-policy"]
    assert f'{allowed} img-src data:; font-src data:">' in text


def test_whoever_sends_a_form_too_slowly_is_not_waited_for(office, token, monkeypatch):
    monkeypatch.setattr(web, "_SECONDS_FOR_FORM", 0.01)
    status, _, text = call(make_app(office, Limits()), "/enter", "POST", body=None)
    assert status == 401
    assert "is not valid" in text


@pytest.mark.parametrize("body", [b"", b"token=wrong", b"token=" + b"x" * 10_000, b"\xff\xfe"])
def test_a_wrong_token_is_told_so(office, token, body):
    status, _, text = call(make_app(office, Limits()), "/enter", "POST", body=body)
    assert status == 401
    assert "is not valid" in text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_changed(office, token, method):
    app = make_app(office, Limits())
    for path in ("/", "/picture.json", "/counts.csv"):
        assert call(app, path, method, [("Authorization", f"Bearer {token}")])[0] == 405


def test_a_snapshot_that_is_added_shows_without_a_restart(office, made, token, digitize, tmp_path):
    app = make_app(office, Limits())
    bearer = [("Authorization", f"Bearer {token}")]
    assert "1 of 36" in call(app, headers=bearer)[2]
    state = made[1][1]
    path = tmp_path / "two.snapshot"
    path.write_bytes(seal_plain(snapshot(state, 4, 6, ENDS[4], with_stations=False), state.key))
    digitize("national", "add", path, "--dir", office.folder)
    assert "2 of 36" in call(app, headers=bearer)[2]


def test_tokens_are_kept_as_hashes_and_can_be_taken_back(office, token):
    text = (office.folder / "access.json").read_text(encoding="utf-8")
    assert token not in text
    app = make_app(office, Limits())
    bearer = [("Authorization", f"Bearer {token}")]
    assert call(app, headers=bearer)[0] == 200
    with pytest.raises(OptionsError, match="name of its own"):
        make_token(office.folder, "Joint Secretary")
    cookie = call(app, "/enter", "POST", body=urlencode({"token": token}).encode())[1]["set-cookie"].partition(";")[0]
    revoke_token(office.folder, "Joint Secretary")
    assert call(app, headers=[("Cookie", cookie)])[0] == 401
    assert call(app, headers=bearer)[0] == 401
    assert read_tokens(office.folder) == []
    # Whoever gets the name next does not take over who was in by the token before.
    make_token(office.folder, "Joint Secretary")
    assert call(app, headers=[("Cookie", cookie)])[0] == 401


def test_the_command_makes_tokens_and_does_not_serve_without_one(digitize, office):
    digitize("dashboard", office.folder, code=4)
    token = digitize("dashboard", office.folder, "--new-token", "SCRB").strip()
    assert len(token) > 40
    assert "is revoked" in digitize("dashboard", office.folder, "--revoke-token", "SCRB")
    digitize("dashboard", office.folder, "--revoke-token", "SCRB", code=4)
