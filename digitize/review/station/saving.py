"""Accept answers: each is checked like the spreadsheet's, stored once by client id, and settled or disputed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from digitize.errors import NotFound
from digitize.login.people import SUPERVISOR, Account
from digitize.review.answer_history import (
    COUNTED,
    DISPUTED,
    FIRST,
    RAISED,
    SECOND,
    SETTLED,
    TEST,
    THIRD,
    WAITING,
    PastAnswer,
    format_now,
    is_recorded,
    record_answer,
)
from digitize.review.answering import (
    CheckedAnswer,
    GivenAnswer,
    Reply,
    as_decision,
    check_answers,
    explain_refusal,
    find_problem,
    has_measured_answer,
    is_current_answer,
    keep_answer,
)
from digitize.review.station.ledger_thread import Room
from digitize.review.station.stages import WantedKey, find_newest_keys, find_settling_answer
from digitize.review.station.task_view import choose_prefill
from digitize.review.station.tasks import Task
from digitize.review.station.unmasking import list_unmasked
from digitize.review.verdicts import OK
from digitize.workspace.decisions.entries import add_entry
from digitize.workspace.decisions.special_questions import ENTRY, is_word
from digitize.workspace.ledger.dirty_parts import newest_event
from digitize.workspace.ledger.records import Decision, Records
from mappers.record import NO_VALUE

KEPT, KNOWN, CONFLICT, REFUSED, NOT_IN_LIST, GONE = "kept", "known", "conflict", "refused", "not_in_list", "gone"
FLAG, WRONG_ZONE = "flag", "wrong_zone"
NOT_UNDERSTOOD = "not_understood"
_VERDICTS = {"value": "", "ok": OK, "blank": "blank", "illegible": "illegible", NO_VALUE: NO_VALUE}


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """One answer as sent by the browser; see docs/station.md."""

    client: str
    item: str
    version: int
    verdict: str
    value: str = ""
    note: str = ""
    active_ms: int = 0
    keys: int = 0
    sure: bool = False


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """Result of one answer. said: sentences for the person; other: another person's answer, with their name.

    why: reason code, if any: its text in the page's language is shown instead.
    """

    client: str
    item: str
    state: str
    said: tuple[str, ...] = ()
    other: tuple[str, str] | None = None
    why: str = ""

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        other = {"value": self.other[0], "operator": self.other[1]} if self.other else None
        return {
            "client": self.client, "item": self.item, "state": self.state, "said": list(self.said), "other": other,
            "why": self.why,
        }  # fmt: skip


def save_answers(room: Room, who: Account, answers: list[SentAnswer]) -> list[AnswerOutcome]:
    """Accept all answers of one request, in one transaction."""
    added: list[tuple[PastAnswer, Task]] = []
    entries: list[Decision] = []
    try:
        with room.ledger.writing():
            saver = _AnswerSaver(room, who, added, entries)
            outcomes = [saver.save_answer(typed) for typed in answers]
    except BaseException:
        # What is in memory must not know of an answer that was rolled back.
        for past, _ in added:
            room.worklist.remove_past(past)
        raise
    for past, _ in added:
        room.remember(past)
    for entry in entries:
        add_entry(room.place.own_lists, entry)
    if entries:
        room.start_reload()
    room.worklist.extend_leases(who.name)
    return outcomes


class _AnswerSaver:
    """Answers of one request; each sees the effects of those before it."""

    def __init__(self, room: Room, who: Account, added: list[tuple[PastAnswer, Task]], entries: list[Decision]) -> None:
        self._room, self._who, self._added, self._entries = room, who, added, entries

    def save_answer(self, typed: SentAnswer) -> AnswerOutcome:
        before = self._room.find_answer(typed.client)
        if before is not None:
            # Sent again: the same outcome, and nothing is kept twice.
            return self._repeat_outcome(typed, before)
        task = self._room.find(typed.item)
        if task is None or not self._is_theirs(task):
            return AnswerOutcome(typed.client, typed.item, GONE, ("It is no longer asked.",))
        if is_recorded(self._room.ledger, self._as_past_answer(task, typed, FIRST)):
            return AnswerOutcome(typed.client, typed.item, KEPT)
        if typed.verdict in (FLAG, WRONG_ZONE):
            return self._keep(
                task, replace(self._as_past_answer(task, typed, FIRST), state=RAISED, verdict=typed.verdict), None
            )
        return self._save_new(task, typed)

    def _is_theirs(self, task: Task) -> bool:
        """Whether the person may answer it, however they learned of it."""
        if not self._who.is_assigned(task.volume, task.language, task.field):
            return False
        want = self._room.worklist.find_wanted_key(task)
        is_supervisors = want is not None and want.of_supervisor
        is_hidden = task.is_masked and task.base not in list_unmasked(self._room, self._who)
        return not is_hidden and (not is_supervisors or self._who.may(SUPERVISOR))

    def _repeat_outcome(self, typed: SentAnswer, before: PastAnswer) -> AnswerOutcome:
        if before.operator != self._who.name:
            return AnswerOutcome(typed.client, typed.item, REFUSED, ("This id was used by somebody else.",))
        task = self._room.worklist.find(before.item)
        if before.state != DISPUTED or before.note != CONFLICT or task is None:
            return AnswerOutcome(typed.client, typed.item, KEPT)
        return self._describe_conflict(task, before, self._find_decision(task))

    def _save_new(self, task: Task, typed: SentAnswer) -> AnswerOutcome:
        want = self._room.worklist.find_wanted_key(task)
        reply = self._make_reply(task, typed, want)
        problem = (
            self._explain_change(task, typed)
            or self._explain_unseen(task, typed, want)
            or (find_problem(reply, task.asked) if typed.verdict in _VERDICTS else "there is no such verdict")
        )
        if problem:
            return AnswerOutcome(typed.client, typed.item, REFUSED, (problem,))
        decision = as_decision(reply, task.asked)
        checked = CheckedAnswer(decision)
        if not is_word(decision):
            try:
                given = GivenAnswer(decision, task.asked.is_measured, typed.sure)
                (checked,), _ = check_answers(
                    self._room.ledger, self._room.known, decision.record, [given], with_rules=False
                )
            except NotFound:
                return AnswerOutcome(typed.client, typed.item, GONE, ("Its record no longer exists.",))
        if not checked.is_good:
            state, why = (REFUSED, NOT_UNDERSTOOD) if checked.lost else (NOT_IN_LIST, "")
            return AnswerOutcome(typed.client, typed.item, state, (explain_refusal(checked),), why=why)
        past = replace(
            self._as_past_answer(task, typed, want.purpose if want else SECOND),
            verdict=decision.verdict, value=decision.value, made=checked.made,
        )  # fmt: skip
        return self._place_answer(task, past, checked, want)

    def _explain_change(self, task: Task, typed: SentAnswer) -> str:
        """Why a confirmation is refused: the first person changed the answer since."""
        is_stale = typed.version != self._room.worklist.version(task)
        is_agreeing = task.mode == "verify" and _VERDICTS.get(typed.verdict) == OK
        return "it changed since you saw it; look again" if is_stale and is_agreeing else ""

    def _explain_unseen(self, task: Task, typed: SentAnswer, want: WantedKey | None) -> str:
        """Why a confirmation of something not shown is refused: in blind keying one could confirm the machine."""
        is_agreeing = _VERDICTS.get(typed.verdict) == OK and not typed.value.strip() and not task.asked.words
        is_shown = choose_prefill(self._room, task, want or WantedKey(FIRST)) != ""
        return (
            "the box was empty, so there is nothing to accept; type the value" if is_agreeing and not is_shown else ""
        )

    def _make_reply(self, task: Task, typed: SentAnswer, want: WantedKey | None) -> Reply:
        value, verdict = typed.value.strip(), _VERDICTS.get(typed.verdict, "")
        shown = choose_prefill(self._room, task, want or WantedKey(FIRST))
        # "ok" agrees to what stood in the box, which need not be what the machine made of it.
        if verdict == OK and shown and shown != task.asked.machine:
            value, verdict = shown, ""
        return Reply(value, verdict, self._who.name, typed.sure)

    def _place_answer(
        self, task: Task, past: PastAnswer, checked: CheckedAnswer, want: WantedKey | None
    ) -> AnswerOutcome:
        """Role of an answer among the others on the place."""
        worklist, name = self._room.worklist, self._who.name
        own = find_newest_keys(worklist.list_answers(task)).get(name)
        if own is not None and own.compared_text == past.compared_text:
            return AnswerOutcome(past.client, task.item.id, KNOWN)
        if own is not None:
            return self._correct_own(task, replace(past, purpose=own.purpose, state=own.state), checked)
        holding = self._find_decision(task)
        if want is None or (want.purpose == FIRST and holding is not None and not task.is_again):
            return self._place_late_answer(task, past, checked, holding)
        others = find_newest_keys(worklist.list_answers(task)).values()
        if want.purpose == FIRST:
            return self._keep(task, replace(past, state=SETTLED if task.mode == "single" else WAITING), checked)
        if want.purpose == THIRD:
            return self._keep(task, replace(past, state=SETTLED), checked)
        if any(p.compared_text != past.compared_text for p in others):
            return self._keep(task, replace(past, state=DISPUTED), None)
        state = SETTLED if want.purpose == SECOND else COUNTED
        return self._keep(task, replace(past, state=state), checked if state == SETTLED else None)

    def _correct_own(self, task: Task, past: PastAnswer, checked: CheckedAnswer) -> AnswerOutcome:
        """A person corrects their own answer."""
        keys = find_newest_keys(self._room.worklist.list_answers(task))
        others = [p for name, p in keys.items() if name != self._who.name]
        if others and past.purpose != THIRD:
            is_same = all(p.compared_text == past.compared_text for p in others)
            past = replace(past, state=SETTLED if is_same else DISPUTED)
        return self._keep(task, past, checked)

    def _place_late_answer(
        self, task: Task, past: PastAnswer, checked: CheckedAnswer, holding: Decision | None
    ) -> AnswerOutcome:
        """An answer on a settled place: a test of a known answer, a repetition, or a contradiction for a third
        person.
        """
        known = find_settling_answer(self._room.worklist.list_answers(task))
        if known is not None and self._room.worklist.holder(task.base) == self._who.name:
            return self._keep(task, replace(past, purpose=TEST, state=COUNTED), None)
        if holding is None:
            return self._keep(task, replace(past, purpose=FIRST), checked)
        keys = find_newest_keys(self._room.worklist.list_answers(task)).values()
        is_same = (holding.verdict, holding.value) == (past.verdict, past.value)
        if is_same or any(p.compared_text == past.compared_text for p in keys):
            return AnswerOutcome(past.client, task.item.id, KNOWN)
        if not keys:
            # Settled elsewhere, as in a spreadsheet: it is one of the two that a third person sees.
            first = replace(
                past, client=f"{past.client}-other", operator=holding.operator, verdict=holding.verdict,
                value=holding.value, made="", keys=0, active_ms=0,
            )  # fmt: skip
            self._keep(task, replace(first, purpose=FIRST, state=SETTLED), None)
        self._keep(task, replace(past, purpose=SECOND, state=DISPUTED, note=CONFLICT), None)
        return self._describe_conflict(task, past, holding)

    @staticmethod
    def _describe_conflict(task: Task, past: PastAnswer, holding: Decision | None) -> AnswerOutcome:
        """Message for a late, contradicting answer."""
        if holding is None:
            return AnswerOutcome(past.client, task.item.id, CONFLICT)
        other = None if task.is_masked else (holding.value or holding.verdict, holding.operator)
        said = f"{holding.operator} settled this differently; a third person will decide"
        return AnswerOutcome(past.client, task.item.id, CONFLICT, (said,), other)

    def _find_decision(self, task: Task) -> Decision | None:
        """Current decision on the place."""
        blank = task.asked.blank
        found = Records(self._room.ledger).decisions(blank.record).get(blank.field)
        return found if found is not None and is_current_answer(found, blank) else None

    def _as_past_answer(self, task: Task, typed: SentAnswer, purpose: str) -> PastAnswer:
        blank = task.asked.blank
        shown = choose_prefill(self._room, task, WantedKey(purpose))
        return PastAnswer(
            typed.client, task.base, blank.record, blank.field, self._who.name, typed.verdict, typed.value,
            purpose=purpose, of=task.of, batch=task.batch, form=task.form, field=task.field, shown=shown,
            note=typed.note, active_ms=typed.active_ms, keys=typed.keys,
        )  # fmt: skip

    def _keep(self, task: Task, past: PastAnswer, checked: CheckedAnswer | None) -> AnswerOutcome:
        """Store an answer and, if it settles the place, the decision."""
        ledger = self._room.ledger
        record_answer(ledger, past)
        # That of its own event, as it is found when all is read anew.
        seq = newest_event(ledger)
        if checked is not None and past.state == SETTLED:
            # What a place says of the machine counts once, however often somebody thinks again.
            measured = None if has_measured_answer(ledger, past.record, past.cell) else checked.measured
            keep_answer(ledger, checked.decision, measured, client=past.client)
            self._room.is_measured_since |= measured is not None
            if checked.decision.field.startswith(f"{ENTRY}:"):
                self._entries.append(checked.decision)
        kept = replace(past, seq=seq, at=format_now())
        self._added.append((kept, task))
        self._room.worklist.add_past(kept, task)
        self._room.worklist.release(task.base)
        return AnswerOutcome(past.client, task.item.id, KEPT)
