"""API for the pages' scripts: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digitize.login.people import SUPERVISOR
from digitize.login.request_guard import NotAnswered, Visitor, read_json
from digitize.review.station.checking import check_value, find_entries
from digitize.review.station.ledger_thread import LEASE_STEP, OWNER, Room
from digitize.review.station.own_answers import list_own_answers, take_back_answer
from digitize.review.station.saving import SentAnswer, save_answers
from digitize.review.station.server_state import Served
from digitize.review.station.task_view import task_to_plain
from digitize.review.station.unmasking import list_unmasked, note_shown, unmask
from digitize.review.station.worklist import ORDERS, PAGE, WorkChoice

_MOST_ITEMS, _MOST_ANSWERS = 100, 500
_MOST_TEXT, _MOST_NAME, _MOST_DIGITS = 20_000, 200, 15
_FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}
_A_WHILE = {"Cache-Control": "private, max-age=600"}


def parse_wish(request: Request) -> WorkChoice:
    """Work choice from the query string."""
    asked = {n: request.query_params.get(n, "")[:_MOST_NAME] for n in WorkChoice.__dataclass_fields__}
    order = asked["order"] or PAGE
    if order not in ORDERS:
        raise NotAnswered(422, "There is no such order.")
    return WorkChoice(**asked | {"order": order})


def parse_count(given: Mapping[str, str], name: str, otherwise: int) -> int:
    """A number from a query string or a form. Raises NotAnswered for anything else."""
    text = given.get(name, str(otherwise))
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise NotAnswered(422, f"{name} is a number.")
    return int(text)


async def next_items(request: Request, served: Served, visitor: Visitor) -> Response:
    """Next questions, leased to the visitor for ten minutes."""
    wish, who = parse_wish(request), visitor.account
    count = max(1, min(_MOST_ITEMS, parse_count(request.query_params, "n", 20)))

    def work(room: Room) -> dict[str, Any]:
        room.reload_if_changed()
        given = room.worklist.take_next(who, wish, count)
        room.ledger.claim([task.base for task, _ in given], LEASE_STEP, OWNER + who.name)
        seen = list_unmasked(room, who)
        note_shown(room, who, [task for task, _ in given])
        shown = [task_to_plain(room, who, task, want, seen) for task, want in given]
        undone = room.find_newest_undone(who.name, wish.first) if wish.first else None
        for item in shown:
            if undone is not None and item["id"] == wish.first and not item["masked"]:
                item["draft"] = undone.value
        return {"items": shown, "left": room.worklist.count_left(who, wish)}

    return JSONResponse(await served.room.run_in_thread(work))


async def take_answers(request: Request, served: Served, visitor: Visitor) -> Response:
    """Store answers, each once, in one transaction."""
    plain = (await read_json(request)).get("answers")
    if not isinstance(plain, list) or len(plain) > _MOST_ANSWERS:
        raise NotAnswered(422, f"answers must be a list of at most {_MOST_ANSWERS}.")
    answers = [_parse_answer(entry) for entry in plain]
    outcomes = await served.room.run_in_thread(lambda room: save_answers(room, visitor.account, answers))
    return JSONResponse({"outcomes": [o.as_plain() for o in outcomes]})


def _parse_answer(entry: object) -> SentAnswer:
    """Parse one answer. Raises NotAnswered for invalid data."""
    if not isinstance(entry, dict):
        raise NotAnswered(422, "An answer must be an object.")
    texts = {n: entry.get(n, "") for n in ("client", "item", "verdict", "value", "note")}
    counts = {n: entry.get(n, 0) for n in ("version", "active_ms", "keys")}
    if not all(isinstance(t, str) and len(t) <= _MOST_TEXT for t in texts.values()):
        raise NotAnswered(422, "A text in an answer is too long or not a text.")
    if not all(isinstance(c, int) and not isinstance(c, bool) and 0 <= c < 2**53 for c in counts.values()):
        raise NotAnswered(422, "A count in an answer is not a number.")
    if not 8 <= len(texts["client"]) <= 64 or not texts["client"].isprintable():
        raise NotAnswered(422, "client must be an id of 8 to 64 letters.")
    # As other programs paste it: hard spaces become plain, what cannot be seen goes; joiners are letters.
    plain = texts["value"].replace("\u00a0", " ").replace("\u202f", " ")
    value = "".join(c for c in plain if c.isprintable() or c in "\n\t\u200c\u200d")
    return SentAnswer(**texts | {"value": value}, **counts, sure=entry.get("sure") is True)


async def take_back(request: Request, served: Served, visitor: Visitor) -> Response:
    """Undo the person's own answer."""
    client = str((await read_json(request)).get("client", ""))[:64]

    def work(room: Room) -> dict[str, Any]:
        who = visitor.account
        found = take_back_answer(room, who, client)
        if found is None:
            return {"state": "gone", "item": None}
        if found.task is None:
            return {"state": "undone", "item": None}
        room.ledger.claim([found.task.base], LEASE_STEP, OWNER + who.name)
        item = task_to_plain(room, who, found.task, found.want, list_unmasked(room, who))
        was = "" if item["masked"] else found.past.value
        return {"state": "undone", "item": item, "was": was}

    return JSONResponse(await served.room.run_in_thread(work))


async def newest_answer(request: Request, served: Served, visitor: Visitor) -> Response:
    """Id and event of the person's newest answer that was not undone, "" and 0 if there is none: what undo takes back
    next. before: only older events.
    """
    who, before = visitor.account, parse_count(request.query_params, "before", 0)
    found = await served.room.run_in_thread(lambda room: list_own_answers(room, who, who.name, before=before, most=1))
    newest = found[0].past if found else None
    return JSONResponse({"client": newest.client if newest else "", "seq": newest.seq if newest else 0})


async def check(request: Request, served: Served, visitor: Visitor) -> Response:
    """Check a value with the rules, without storing it."""
    plain = await read_json(request)
    item, value = str(plain.get("item", ""))[:_MOST_NAME], str(plain.get("value", ""))[:_MOST_TEXT]
    language = visitor.account.language
    return JSONResponse(
        await served.room.run_in_thread(lambda room: check_value(room, visitor.account, item, value, language))
    )


async def entries(request: Request, served: Served, visitor: Visitor) -> Response:
    """List entries that start with, or resemble, the typed text."""
    del visitor
    name, typed = request.query_params.get("list", ""), request.query_params.get("q", "")[:_MOST_NAME]
    count = max(1, min(50, parse_count(request.query_params, "n", 12)))
    found = await served.room.run_in_thread(lambda room: find_entries(room, name, typed, count))
    return JSONResponse({"entries": found})


async def picture(request: Request, served: Served, visitor: Visitor) -> Response:
    """Image of one place."""
    item = request.path_params["item"]

    def work(room: Room) -> Any:
        task = room.worklist.find(item)
        if task is None:
            raise NotAnswered(404, "There is no such item.")
        is_hidden = task.is_masked and task.base not in list_unmasked(room, visitor.account)
        if is_hidden or not visitor.account.is_assigned(task.volume, task.language, task.field):
            raise NotAnswered(403, "You may not see this.")
        return task

    made = await served.pictures.render_zone(await served.room.run_in_thread(work))
    return Response(made, media_type="image/png", headers=_FOR_GOOD)


async def page_picture(request: Request, served: Served, visitor: Visitor) -> Response:
    """Image of a whole page; protected names are painted over, unless a supervisor gave a reason."""
    page, item = request.path_params["page"], request.query_params.get("item", "")

    def work(room: Room) -> tuple[str, ...]:
        tasks = room.worklist.list_on_page(page)
        if not tasks and not visitor.account.may(SUPERVISOR):
            raise NotAnswered(404, "There is no such page.")
        if tasks and not any(visitor.account.is_assigned(t.volume, t.language, t.field) for t in tasks):
            raise NotAnswered(403, "You may not see this.")
        task = room.worklist.find(item)
        is_open = task is not None and task.page == page and task.base in list_unmasked(room, visitor.account)
        return () if is_open else room.list_hidden_zones(page)

    made, turns = await served.pictures.render_page(page, await served.room.run_in_thread(work))
    return Response(made, media_type="image/webp", headers=_A_WHILE | {"X-Quarter-Turns": str(turns)})


async def show_masked(request: Request, served: Served, visitor: Visitor) -> Response:
    """Show a masked item in full to a supervisor; the reason is logged in the ledger."""
    plain = await read_json(request)
    item, reason = str(plain.get("item", ""))[:_MOST_NAME], str(plain.get("reason", ""))[:_MOST_TEXT]

    def work(room: Room) -> dict[str, Any]:
        task, want = unmask(room, visitor.account, item, reason)
        return {"item": task_to_plain(room, visitor.account, task, want, list_unmasked(room, visitor.account))}

    return JSONResponse(await served.room.run_in_thread(work))
