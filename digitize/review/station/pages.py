"""The pages: each gathers what its template shows. Changes come as ordinary forms and end in a redirect."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digitize.errors import NotFound, OptionsError
from digitize.records.trail import trail
from digitize.review.labels import fields_label
from digitize.review.reopening import reopen
from digitize.review.station.api import wish_of
from digitize.review.station.batches import BACK, SIGNED, note_batch, words_on_batches
from digitize.review.station.figures import AnswerFigure, batch_figures, own_figures, person_figures
from digitize.review.station.guard import NotAnswered, Visitor, form_of
from digitize.review.station.people import ROLES, new_account, note_change
from digitize.review.station.rendering import page as render
from digitize.review.station.room import Room
from digitize.review.station.served import Served
from digitize.review.station.shown import as_shown
from digitize.review.station.stages import newest_keys
from digitize.review.station.unmasking import unmasked_by
from digitize.review.station.words import station_languages
from digitize.review.station.worklist import CARPET, Wish

_WORK = ("volumes", "languages", "fields")


async def home(request: Request, served: Served, visitor: Visitor) -> Response:
    """What there is to do, and how one's own answers were."""
    del request
    who = visitor.account

    def work(room: Room) -> dict[str, Any]:
        room.look_around()
        counts = room.worklist.counts(who)
        queues = {name: [{"name": n, "count": c} for n, c in found.most_common()] for name, found in counts.items()}
        one_each = {task.field: task for task in room.worklist.tasks.values()}
        labels = {field: fields_label(task.form, task.item.fields, who.language) for field, task in one_each.items()}
        left = sum(counts["form"].values())
        return {"queues": queues, "labels": labels, "left": left, "own": own_figures(room, who.name)}

    return render("home.html", visitor, **await served.room.do(work))


async def key(request: Request, served: Served, visitor: Visitor) -> Response:
    """The keying loop; its script asks for the items."""
    return await _loop("key.html", wish_of(request), served, visitor)


async def carpet(request: Request, served: Served, visitor: Visitor) -> Response:
    """Many pictures of one field."""
    wish = Wish(**{**_plain(wish_of(request)), "order": CARPET})
    return await _loop("carpet.html", wish, served, visitor)


async def _loop(name: str, wish: Wish, served: Served, visitor: Visitor) -> Response:
    left = await served.room.do(lambda room: room.worklist.left(visitor.account, wish))
    return render(name, visitor, wish=_plain(wish), left=left)


def _plain(wish: Wish) -> dict[str, str]:
    return {name: getattr(wish, name) for name in Wish.__dataclass_fields__}


async def one_page(request: Request, served: Served, visitor: Visitor) -> Response:
    """All open fields of one page beside its picture."""
    page, who = request.path_params["page"], visitor.account

    def work(room: Room) -> list[dict[str, Any]]:
        tasks = room.worklist.on_page(page)
        if not any(who.does(t.volume, t.language, t.field) for t in tasks):
            raise NotFound("There is no such page.")
        given = room.worklist.next(who, Wish(page=page), len(tasks))
        return [as_shown(room, who, task, want, unmasked_by(room, who)) for task, want in given]

    items = await served.room.do(work)
    return render("page.html", visitor, page=page, items=items, picture=f"/api/page/{page}")


async def disagreements(request: Request, served: Served, visitor: Visitor) -> Response:
    """What two people answered differently, with both answers, and what was put before a supervisor."""
    del request
    who = visitor.account

    def work(room: Room) -> list[dict[str, Any]]:
        seen, found = unmasked_by(room, who), []
        for task, want in room.worklist.disputed():
            if who.name in want.not_by or not who.does(task.volume, task.language, task.field):
                continue
            item = as_shown(room, who, task, want, seen)
            past = room.worklist.past_of(task)
            sides = [] if item["masked"] else [
                {"operator": p.operator, "verdict": p.verdict, "value": p.value, "note": p.note}
                for p in (newest_keys(past).values() or past[-1:])
            ]  # fmt: skip
            raised = past[-1] if want.of_supervisor and past else None
            note = {"kind": raised.verdict, "note": raised.note, "operator": raised.operator} if raised else None
            found.append({"item": item, "sides": sides, "raised": note})
        return found

    return render("arbitrate.html", visitor, disputes=await served.room.do(work))


async def quality(request: Request, served: Served, visitor: Visitor) -> Response:
    """Batches with the figures of their answers, and the people."""
    del request

    def work(room: Room) -> dict[str, Any]:
        said = words_on_batches(room.ledger)
        batches = [
            {"batch": batch, "figure": figure, "fields": fields, "word": said.get(batch),
             "is_below": figure.is_below(room.options.least_right)}
            for batch, figure, fields in batch_figures(room)
        ]  # fmt: skip
        return {"batches": batches, "people": person_figures(room), "least_right": room.options.least_right}

    return render("quality.html", visitor, **await served.room.do(work))


async def judge_batch(request: Request, served: Served, visitor: Visitor) -> Response:
    """Sign a batch off, or send it back."""
    form = await form_of(request)
    batch, what, name = form.get("batch", ""), form.get("what", ""), visitor.account.name

    def work(room: Room) -> None:
        found: dict[str, AnswerFigure] = {b: figure for b, figure, _ in batch_figures(room)}
        if batch not in found or what not in (SIGNED, BACK):
            raise NotFound("There is no such batch.")
        figure = found[batch]
        if what == SIGNED and figure.is_below(room.options.least_right):
            raise NotAnswered(409, "Its answers are not good enough. Send it back, or have more of them looked at.")
        note_batch(room.ledger, batch, what, name, looked_at=figure.looked_at, right=figure.right)
        room.read_anew()

    await served.room.do(work)
    return RedirectResponse("/quality", 303)


async def people(request: Request, served: Served, visitor: Visitor) -> Response:
    """Who works here."""
    del request
    return _people(served, visitor)


def _people(served: Served, visitor: Visitor, problem: str = "", status: int = 200) -> Response:
    known = list(served.people.all().values())
    return render("people.html", visitor, status, people=known, roles=ROLES, languages=station_languages(),
                  problem=problem)  # fmt: skip


async def change_people(request: Request, served: Served, visitor: Visitor) -> Response:
    """Add somebody, take somebody out, or give a password."""
    form = await form_of(request)
    what, name = form.get("what", ""), form.get("name", "").strip()
    try:
        await served.slowly(lambda: _change(served, what, name, form, visitor.account.name))
    except OptionsError as e:
        return _people(served, visitor, str(e), 422)
    more = {"role": form.get("role", "")} if what == "add" else {}
    await served.room.do(lambda room: note_change(room.ledger, name, what, visitor.account.name, **more))
    return RedirectResponse("/people", 303)


def _change(served: Served, what: str, name: str, form: dict[str, str], by: str) -> None:
    if what == "add":
        own = {n: tuple(p.strip() for p in form.get(n, "").split(",") if p.strip()) for n in _WORK}
        language = form.get("language", "en")
        served.people.add(new_account(name, form.get("role", ""), language, own), form.get("password", ""))
    elif what == "remove":
        if name == by:
            raise OptionsError("Nobody takes out themselves.")
        served.people.remove(name)
    elif what == "password":
        served.people.set_password(name, form.get("password", ""))
    else:
        raise OptionsError("There is no such change.")


async def record(request: Request, served: Served, visitor: Visitor) -> Response:
    """One record with its history, masked; what is settled can be opened again."""
    name = request.path_params["record"]
    told = await served.room.do(lambda room: trail(room.ledger, name))
    if "record" not in told:
        raise NotFound("There is no such record.")
    return render("record.html", visitor, record=told["record"])


async def reopen_field(request: Request, served: Served, visitor: Visitor) -> Response:
    """Open a settled value again."""
    form, name = await form_of(request), request.path_params["record"]

    def work(room: Room) -> None:
        reopen(room.ledger, room.known, name, form.get("field", ""), visitor.account.name, form.get("reason", ""))
        room.read_anew()

    await served.room.do(work)
    return RedirectResponse(request.url.path, 303)
