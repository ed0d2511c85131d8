"""Help while typing: findings on a value, and list entries."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from functools import cache
from typing import Any

from digitize.errors import NotFound
from digitize.login.people import Account
from digitize.review.station.ledger_thread import Room
from digitize.review.trial import try_decisions
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.special_questions import is_word
from mappers.codes import CodeList, act_list, code_lists
from mappers.names import romanise
from validators.messages.teller import Teller
from validators.messages.telling import tell_finding
from validators.messages.texts import ENGLISH, message_languages


def check_value(room: Room, who: Account, item: str, value: str, language: str) -> dict[str, Any]:
    """Findings a value would cause. Raises NotFound if the person was not asked the item."""
    task = room.worklist.find(item)
    if task is None or not who.is_assigned(task.volume, task.language, task.field):
        raise NotFound("There is no such item.")
    decision = replace(task.asked.blank, verdict=VALUE, value=value.strip(), operator=who.name)
    if is_word(decision) or not value.strip():
        return {"found": [], "understood": True}
    tried = try_decisions(room.ledger, room.known, decision.record, [decision])
    teller = Teller(language if language in message_languages() else ENGLISH)
    own = [f for f in tried.findings if f.field in task.item.fields and f.severity != "note"]
    found = [
        {"code": f.code, "message": tell_finding(teller, task.form, f), "severity": f.severity} for f in own
    ]  # fmt: skip
    return {"found": found, "understood": not tried.lost_fields(decision)}


def find_entries(room: Room, name: str, typed: str, count: int) -> list[dict[str, str]]:
    """List entries: first those that start with the text, then those with such a word.

    value: stored value; shown: the same; also: another matching spelling, "" if none.
    """
    codes = _find_list(room, name)
    if codes is None:
        return []
    wanted = _fold(typed)
    ranked: list[tuple[int, int, str, str]] = []
    for place, (value, spelling, folded) in enumerate(_list_spellings(codes)):
        if folded.startswith(wanted):
            ranked.append((0 if spelling == value else 1, place, value, spelling))
        elif f" {wanted}" in folded:
            ranked.append((2, place, value, spelling))
    found: dict[str, dict[str, str]] = {}
    for _, _, value, spelling in sorted(ranked):
        found.setdefault(value, {"value": value, "shown": value, "also": spelling if spelling != value else ""})
        if len(found) >= count:
            break
    return list(found.values())


def _find_list(room: Room, name: str) -> CodeList | None:
    if name == "act":
        return act_list()
    return room.known.lists.get(name) or code_lists().get(name)


_kept: dict[int, tuple[CodeList, list[tuple[str, str, str]]]] = {}


def _list_spellings(codes: CodeList) -> list[tuple[str, str, str]]:
    """(value, spelling, folded spelling) of a list, values first; also romanised."""
    # By identity: a list is made anew when the workspace's own file changes.
    kept = _kept.get(id(codes))
    if kept is not None and kept[0] is codes:
        return kept[1]
    pairs = [(v, v) for v in codes.values] + [(v, s) for v, ways in codes.spellings.items() for s in ways]
    made = [(v, s, folded) for v, s in pairs for folded in dict.fromkeys((_fold(s), _fold(_romanise(s))))]
    _kept[id(codes)] = codes, made
    return made


@cache
def _romanise(text: str) -> str:
    return text if text.isascii() else romanise(text)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace(".", " ").split())
