"""HTML pages: each collects the data of its template. Changes are form posts that end in a redirect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digitize.errors import NotFound, OptionsError
from digitize.login.gate import Gate
from digitize.login.people import ROLES, SUPERVISOR, new_account, note_change
from digitize.login.request_guard import NotAnswered, Visitor, read_form
from digitize.machine.word_tables import ENGLISH
from digitize.masking.cases import build_case_masks
from digitize.masking.masks import MASK
from digitize.offices.words import LANGUAGES, load_words
from digitize.records.trail import build_trail
from digitize.review.labels import format_field_label, format_fields_label
from digitize.review.reopening import reopen
from digitize.review.station.api import parse_count, parse_wish
from digitize.review.station.batches import (
    BACK,
    SIGNED,
    WeakSignOff,
    list_books_of_batches,
    load_batch_decisions,
    record_batch_decision,
)
from digitize.review.station.figures import (
    AnswerFigure,
    compute_batch_figures,
    compute_own_figures,
    compute_person_figures,
)
from digitize.review.station.ledger_thread import Room
from digitize.review.station.own_answers import MOST_SHOWN, list_own_answers, take_back_answer
from digitize.review.station.rendering import render_page as render
from digitize.review.station.server_state import Served
from digitize.review.station.stages import find_newest_keys
from digitize.review.station.task_view import task_to_plain
from digitize.review.station.unmasking import list_unmasked
from digitize.review.station.words import station_languages
from digitize.review.station.worklist import CARPET, PAGE, WorkChoice
from digitize.workspace.decisions.apply import VERDICTS
from digitize.workspace.decisions.items import cell_of, find_role
from digitize.workspace.ledger.records import Records
from mappers.languages import load_languages

_WORK = ("volumes", "languages", "fields")
_MOST_SEARCHED = 200


NEXT = "next"
"""In the place of a page's id: whichever is in turn."""


async def home(request: Request, served: Served, visitor: Visitor) -> Response:
    """Start page: work available, and one's own accuracy."""
    del request
    who = visitor.account

    def work(room: Room) -> dict[str, Any]:
        room.reload_if_changed()
        counts = room.worklist.counts(who)
        queues = {
            name: [{"name": n, "count": c, "shown": _name_shown(name, n, who.language)} for n, c in found.most_common()]
            for name, found in counts.items()
        }
        left = sum(counts["form"].values())
        return {"queues": queues, "labels": _name_queues(room, who.language), "left": left,
                "own": compute_own_figures(room, who.name)}  # fmt: skip

    return render("home.html", visitor, **await served.room.run_in_thread(work))


def _name_queues(room: Room, language: str) -> dict[str, str]:
    """Label of each queue: of its field, without the number of a row."""
    one_each = {f"{task.field} {task.item.role}".rstrip(): task for task in room.worklist.tasks.values()}
    return {
        queue: format_fields_label(task.form, task.item.fields, language, task.item.role)
        for queue, task in one_each.items()
    }


def _name_shown(what: str, name: str, language: str) -> str:
    """Name of a language or form; the value itself otherwise."""
    one = load_languages().get(name) if what == "language" else None
    if one:
        return one.names.get(language, one.name)
    return format_form_title(name, language) if what == "form" else name


def format_form_title(form: str, language: str) -> str:
    """What the records of a form are called; its id where nothing else is known."""
    return load_words(language if language in LANGUAGES else ENGLISH).translate("form", form)


async def key(request: Request, served: Served, visitor: Visitor) -> Response:
    """The keying loop; its script fetches the items."""
    return await _show_loop("key.html", parse_wish(request), served, visitor)


async def carpet(request: Request, served: Served, visitor: Visitor) -> Response:
    """Many images of one field."""
    wish = WorkChoice(**{**_wish_as_plain(parse_wish(request)), "order": CARPET})
    return await _show_loop("carpet.html", wish, served, visitor)


async def _show_loop(name: str, wish: WorkChoice, served: Served, visitor: Visitor) -> Response:
    left = await served.room.run_in_thread(lambda room: room.worklist.count_left(visitor.account, wish))
    return render(name, visitor, wish=_wish_as_plain(wish), left=left)


def _wish_as_plain(wish: WorkChoice) -> dict[str, str]:
    return {name: getattr(wish, name) for name in WorkChoice.__dataclass_fields__}


async def one_page(request: Request, served: Served, visitor: Visitor) -> Response:
    """All open fields of one page next to its image, or page after page; its script fetches them."""
    page, who = request.path_params["page"], visitor.account

    def look(room: Room) -> None:
        if not any(who.is_assigned(t.volume, t.language, t.field) for t in room.worklist.list_on_page(page)):
            raise NotFound("There is no such page.")

    if page != NEXT:
        await served.room.run_in_thread(look)
    return render("page.html", visitor, page="" if page == NEXT else page)


async def own_answers(request: Request, served: Served, visitor: Visitor) -> Response:
    """One's own last answers, searched, to be opened again; a supervisor may look at those of others."""
    # Searched for are names, too: they are posted, so that none stands in an address.
    posted = await read_form(request) if request.method == "POST" else {}
    given: Mapping[str, str] = posted or request.query_params
    who, before = visitor.account, parse_count(given, "before", 0)
    search = posted.get("q", "")[:_MOST_SEARCHED]
    name = given.get("of", "") or who.name
    if name != who.name and not who.may(SUPERVISOR):
        raise NotAnswered(403, "You may not see this.")

    def work(room: Room) -> dict[str, Any]:
        names = sorted({p.operator for own in room.worklist.past.values() for p in own}) if who.may(SUPERVISOR) else []
        found = list_own_answers(room, who, name, search=search, before=before)
        return {"answers": found, "names": names}

    told = await served.room.run_in_thread(work)
    older = told["answers"][-1].past.seq if len(told["answers"]) == MOST_SHOWN else 0
    kept = request.query_params.get("kept", "") == "1"
    return render("answers.html", visitor, search=search, of=name, older=older, refused=kept, **told)


async def reopen_own(request: Request, served: Served, visitor: Visitor) -> Response:
    """Take back one of one's own answers, and key its field anew."""
    client, who = (await read_form(request)).get("client", ""), visitor.account
    found = await served.room.run_in_thread(lambda room: take_back_answer(room, who, client))
    if found is None:
        return RedirectResponse("/answers?kept=1", 303)
    first = found.task.item.id if found.task else ""
    return RedirectResponse("/key?" + urlencode({"order": PAGE, "first": first}), 303)


async def disagreements(request: Request, served: Served, visitor: Visitor) -> Response:
    """Disagreements of two people with both answers, and questions for a supervisor."""
    del request
    who = visitor.account

    def work(room: Room) -> list[dict[str, Any]]:
        seen, found = list_unmasked(room, who), []
        for task, want in room.worklist.list_disputed():
            if who.name in want.not_by or not who.is_assigned(task.volume, task.language, task.field):
                continue
            item = task_to_plain(room, who, task, want, seen)
            past = room.worklist.list_answers(task)
            sides = [] if item["masked"] else [
                {"operator": p.operator, "verdict": p.verdict, "value": p.value, "note": p.note}
                for p in (find_newest_keys(past).values() or past[-1:])
            ]  # fmt: skip
            raised = past[-1] if want.of_supervisor and past else None
            note = {"kind": raised.verdict, "note": raised.note, "operator": raised.operator} if raised else None
            found.append({"item": item, "sides": sides, "raised": note})
        return found

    return render("arbitrate.html", visitor, disputes=await served.room.run_in_thread(work))


async def quality(request: Request, served: Served, visitor: Visitor) -> Response:
    """Batches with the figures of their answers, and the people."""
    del request
    return await _show_quality(served, visitor)


async def _show_quality(served: Served, visitor: Visitor, asked: WeakSignOff | None = None) -> Response:
    def work(room: Room) -> dict[str, Any]:
        said, left = load_batch_decisions(room.ledger), room.worklist.open_in_batches()
        books = list_books_of_batches(room.ledger)
        batches = [
            {"batch": batch, "name": ", ".join(books.get(batch, ())), "figure": figure, "word": said.get(batch),
             "fields": [(format_field_label(form, field, visitor.account.language), f) for form, field, f in fields],
             "open": left[batch], "is_below": figure.is_below(room.options.least_right)}
            for batch, figure, fields in compute_batch_figures(room)
        ]  # fmt: skip
        return {"batches": batches, "people": compute_person_figures(room), "least_right": room.options.least_right}

    return render("quality.html", visitor, asked=asked, **await served.room.run_in_thread(work))


async def judge_batch(request: Request, served: Served, visitor: Visitor) -> Response:
    """Sign off a batch, or send it back. With little evidence a confirmation shows the numbers."""
    form = await read_form(request)
    batch, what, name = form.get("batch", ""), form.get("what", ""), visitor.account.name

    def work(room: Room) -> WeakSignOff | None:
        found: dict[str, AnswerFigure] = {b: figure for b, figure, _ in compute_batch_figures(room)}
        if batch not in found or what not in (SIGNED, BACK):
            raise NotFound("There is no such batch.")
        figure = found[batch]
        if what == SIGNED and figure.is_below(room.options.least_right):
            raise NotAnswered(409, "Its answers are not good enough. Send it back, or have more of them checked.")
        grounds = WeakSignOff(batch, figure.looked_at, figure.answers, room.worklist.open_in_batches()[batch])
        # A share is told from a number of checked answers on; before that nobody knows how good they are.
        is_thin = what == SIGNED and (figure.share is None or grounds.open > 0)
        if is_thin and not grounds.is_confirmed_by(form):
            return grounds
        record_batch_decision(room.ledger, batch, what, name, looked_at=figure.looked_at, right=figure.right,
                   answers=figure.answers, open=grounds.open, asked_again=is_thin)  # fmt: skip
        room.start_reload()
        return None

    asked = await served.room.run_in_thread(work)
    return await _show_quality(served, visitor, asked) if asked else RedirectResponse("/quality", 303)


async def people(request: Request, served: Served, visitor: Visitor) -> Response:
    """Who works here."""
    del request
    return _show_people(served, visitor)


def _show_people(served: Served, visitor: Visitor, problem: str = "", status: int = 200) -> Response:
    known = list(served.people.load_all().values())
    return render("people.html", visitor, status, people=known, roles=ROLES, languages=station_languages(),
                  problem=problem)  # fmt: skip


async def change_people(request: Request, served: Served, visitor: Visitor) -> Response:
    """Add or remove a person, or set a password."""
    form = await read_form(request)
    what, name = form.get("what", ""), form.get("name", "").strip()
    try:
        await served.run_in_thread(lambda: _change_account(served, what, name, form, visitor.account.name))
    except OptionsError as e:
        return _show_people(served, visitor, str(e), 422)
    more = {"role": form.get("role", ""), "cleared": form.get("cleared", "")} if what == "add" else {}
    await served.room.run_in_thread(lambda room: note_change(room.ledger, name, what, visitor.account.name, **more))
    return RedirectResponse("/people", 303)


def _change_account(served: Served, what: str, name: str, form: dict[str, str], by: str) -> None:
    if what == "add":
        own = {n: tuple(p.strip() for p in form.get(n, "").split(",") if p.strip()) for n in _WORK}
        language = form.get("language", "en")
        served.people.add(
            new_account(name, form.get("role", ""), language, own, form.get("cleared", "")), form.get("password", "")
        )
    elif what == "remove":
        if name == by:
            raise OptionsError("You cannot remove yourself.")
        served.people.remove(name)
    elif what == "password":
        served.people.set_password(name, form.get("password", ""))
    else:
        raise OptionsError("There is no such change.")


async def change_language(request: Request, served: Gate, visitor: Visitor) -> Response:
    """Change the language of one's own pages."""
    language = (await read_form(request)).get("language", "")
    if language not in station_languages():
        raise NotFound("There is no translation for that language.")
    await served.run_in_thread(lambda: served.people.set_language(visitor.account.name, language))
    return RedirectResponse("/", 303)


async def record(request: Request, served: Served, visitor: Visitor) -> Response:
    """One record with its history, masked; settled values can be reopened."""
    name, who = request.path_params["record"], visitor.account
    told = await served.room.run_in_thread(lambda room: _build_trail(room, name, who.language))
    return render("record.html", visitor, record=told, may_reopen=who.may(SUPERVISOR))


def _build_trail(room: Room, name: str, language: str) -> dict[str, Any]:
    """A record's trail; each field includes decisions since its last mapping. Raises NotFound."""
    told, stored = build_trail(room.ledger, name), Records(room.ledger).find(name)
    if "record" not in told or stored is None:
        raise NotFound("There is no such record.")
    found: dict[str, Any] = told["record"]
    values, said = dict(stored.record.cells()), Records(room.ledger).decisions(name)
    hidden = build_case_masks(room.ledger, [stored.record]).list_masked_paths(stored.record)
    for field in found["fields"]:
        path = field["field"]
        now = said.get(cell_of(path, values[path]))
        role = find_role(stored.record, (path,))
        field["label"], field["said"] = format_field_label(stored.record.form, path, language, *role), None
        if now is not None and now.verdict in VERDICTS:
            value = MASK if path in hidden and now.value else now.value
            field["said"] = {"verdict": now.verdict, "operator": now.operator, "value": value}
    return found


async def reopen_field(request: Request, served: Served, visitor: Visitor) -> Response:
    """Reopen a settled value."""
    form, name = await read_form(request), request.path_params["record"]

    def work(room: Room) -> None:
        reopen(room.ledger, room.known, name, form.get("field", ""), visitor.account.name, form.get("reason", ""))
        room.start_reload()

    await served.room.run_in_thread(work)
    return RedirectResponse(request.url.path, 303)
