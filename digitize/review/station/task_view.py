"""A task as sent to the browser: question and prefill, without revealing why it is asked."""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import cache
from typing import Any

from digitize.login.people import Account
from digitize.masking.masks import MASK
from digitize.review.answer_history import SECOND, THIRD
from digitize.review.labels import format_item_label, format_paper_words
from digitize.review.places import main_field
from digitize.review.station.ledger_thread import Room
from digitize.review.station.stages import WantedKey, find_newest_keys
from digitize.review.station.tasks import Task
from digitize.review.station.words import station_words
from digitize.workspace.decisions.entries import PLACE_LISTS
from digitize.workspace.decisions.items import COLUMN, Item, told_value
from mappers.languages import load_languages
from mappers.schema import Column, form_tables
from validators.messages.teller import Teller
from validators.messages.telling import tell_finding
from validators.messages.texts import ENGLISH, message_languages

_MOST_WORDS = 8


def choose_prefill(room: Room, task: Task, want: WantedKey) -> str:
    """Prefilled text. In blind double keying nobody sees the machine's reading."""
    if task.mode == "blind" or task.item.is_blind:
        return ""
    keys = find_newest_keys(room.worklist.list_answers(task))
    if task.mode == "verify" and len(keys) == 1 and want.purpose == SECOND:
        return next(iter(keys.values())).value
    return task.asked.machine if task.is_prefilled and not task.asked.words else ""


def list_offered(task: Task) -> list[str]:
    """Values selectable by one key: metadata of the volume, the machine's reading if it is not prefilled, others."""
    if task.asked.words:
        return []
    told = told_value(task.item.told)
    own = "" if task.is_prefilled else task.asked.machine
    return list(dict.fromkeys(text for text in (told, own, *task.item.candidates) if text))


def task_to_plain(room: Room, who: Account, task: Task, want: WantedKey, unmasked: Container[str]) -> dict[str, Any]:
    """The item as JSON types. unmasked: bases the person may see in full."""
    item = task.item
    is_hidden = task.is_masked and task.base not in unmasked
    prefill = choose_prefill(room, task, want)
    is_bare = is_hidden or task.mode == "blind" or item.is_blind
    sides = list_sides(room, task, want) if not is_hidden else []
    column = find_column(task.form, main_field(item))
    one = load_languages().get(task.language)
    return {
        "id": task.item.id,
        "version": room.worklist.version(task),
        "record": task.asked.blank.record,
        "page": task.page,
        "form": task.form,
        "field": task.field,
        "label": format_item_label(item, who.language),
        "printed": format_paper_words(item, who.language),
        "printedLang": item.printed_language,
        "where": format_where(task, who.language),
        "language": task.language,
        "lang": task.language,
        "dir": "rtl" if one is not None and one.script == "Arab" else "ltr",
        "script": one.script if one is not None else "Latn",
        "prefill": MASK if is_hidden else prefill,
        "doubtful": [] if is_bare else find_differences(prefill, item.candidates),
        "candidates": [] if is_bare else list_offered(task),
        "list": find_list(main_field(item), column),
        "why": list(item.why[:_MOST_WORDS]),
        "told": "" if is_bare else item.told,
        "above": "" if is_bare else room.above.find_value(task),
        "blind": is_bare and not is_hidden,
        "masked": is_hidden,
        "picture": f"/api/picture/{item.id}" if (item.box or item.boxes) and not is_hidden else "",
        "box": find_box(room, task),
        "pagePicture": f"/api/page/{task.page}" if task.page else "",
        "row": [] if is_hidden else [[c, text, item.cell == f"{COLUMN}:{c}"] for c, text in task.row],
        "words": list(task.asked.words),
        "said": [] if is_bare else explain_findings(item, who.language),
        "reading": "" if is_bare or not item.is_legible else item.reading,
        "double": task.mode,
        "sides": sides,
    }  # fmt: skip


def format_where(task: Task, language: str) -> str:
    """Book and page by their names, the record where there is no page."""
    if task.number and task.volume:
        return str(station_words(language).page_of).replace("{volume}", task.volume).replace("{page}", str(task.number))
    return f"{task.volume}, {task.asked.blank.record}" if task.volume and not task.page else task.page


@cache
def _load_teller(language: str) -> Teller:
    return Teller(language if language in message_languages() else ENGLISH)


def explain_findings(item: Item, language: str) -> list[str]:
    """Findings in the person's language; questions without a rule have their own text."""
    told = [tell_finding(_load_teller(language), item.form, finding) for finding in item.findings]
    return list(dict.fromkeys(told or item.said))


def list_sides(room: Room, task: Task, want: WantedKey) -> list[dict[str, str]]:
    """Both answers of a dispute for the third person, without names. [] for others."""
    if want.purpose != THIRD:
        return []
    keys = find_newest_keys(room.worklist.list_answers(task)).values()
    return [{"verdict": p.verdict, "value": p.value} for p in sorted(keys, key=lambda p: p.client)]


def find_box(room: Room, task: Task) -> list[int] | None:
    """Position on the upright image of its page; None if unknown."""
    box = task.item.box or next(iter(task.item.boxes), None)
    if box is None:
        return None
    turns, width, height = room.measure_page(task.page)
    found = [box.x0, box.y0, box.x1, box.y1]
    for _ in range(turns):
        x0, y0, x1, y1 = found
        # One quarter clockwise: what was at the left stands at the top.
        found, width, height = [height - y1, x0, height - y0, x1], height, width
    return found


@cache
def _load_columns(form: str) -> Mapping[tuple[str, str], Column]:
    tables = form_tables(form).values() if form else ()
    return {(t.child, c.name): c for t in tables for c in t.columns}


def find_column(form: str, path: str) -> Column | None:
    """Form column of a field; None for a question without a field."""
    head, _, name = path.rpartition("].")
    return _load_columns(form).get((head.partition("[")[0], name or path)) if form else None


def find_list(path: str, column: Column | None) -> str:
    """List for completion while typing, "" for none."""
    return PLACE_LISTS.get(path, "") or (column.codes if column else "")


def find_differences(text: str, others: tuple[str, ...]) -> list[list[int]]:
    """Ranges in which a text differs from the other readings: [from, to) in UTF-16 units, as browsers count."""
    from difflib import SequenceMatcher

    marks = [False] * len(text)
    for other in others:
        if other == text or not other:
            continue
        for tag, a, b, _, _ in SequenceMatcher(None, text, other, autojunk=False).get_opcodes():
            if tag != "equal":
                # What the other has in addition lies between two letters: both are marked.
                for i in range(max(0, a - (a == b)), min(len(text), b + (a == b))):
                    marks[i] = True
    return _find_spans(text, marks)


def _find_spans(text: str, marks: list[bool]) -> list[list[int]]:
    spans: list[list[int]] = []
    at = 0
    for letter, is_marked in zip(text, marks, strict=True):
        width = 2 if ord(letter) > 0xFFFF else 1
        if is_marked and spans and spans[-1][1] == at:
            spans[-1][1] = at + width
        elif is_marked:
            spans.append([at, at + width])
        at += width
    return spans
