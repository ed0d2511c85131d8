"""Write page results to the ledger under their recognition and decision keys."""

from __future__ import annotations

from collections.abc import Mapping

from digitize.reading.days import day_above
from digitize.reading.job import OUT_OF_TIME, PageDone, PageFailed, PageReading
from digitize.reading.neighbours import make_page_facts, page_numbers
from digitize.steps.read_jobs import seconds_for
from digitize.steps.read_keys import (
    DECIDE,
    FAILED,
    PRINT_UNKNOWN,
    RECOGNISE,
    REGISTER,
    UNKNOWN_FORM,
    decide_key,
    failed_key,
    recognise_key,
    register_decide_key,
    register_key,
)
from digitize.steps.read_plan import PageTodo
from digitize.steps.retry import count_try
from digitize.workspace.ledger import Ledger
from digitize.workspace.run_context import RunContext
from ocr.page import BLANK, PRINT_NOT_KNOWN, WRITTEN
from ocr.plain import reading_from_plain, recognition_from_plain


def write_page(ledger: Ledger, known: RunContext, todo: PageTodo, done: PageDone | PageFailed) -> None:
    """Store the whole result of a page in one transaction."""
    with ledger.writing():
        if done.as_form is None:
            ledger.fail(todo.scan.page, RECOGNISE, failed_key(known, todo.scan), _describe_failure(known, todo, done))
            return
        _write_form(ledger, known, todo, done.as_form)
        if isinstance(done, PageFailed):
            _write_failed_register(ledger, known, todo, done)
        elif done.as_register is not None:
            _write_register(ledger, known, todo, done.as_form, done.as_register)


def _describe_failure(known: RunContext, todo: PageTodo, done: PageDone | PageFailed) -> Mapping[str, object]:
    assert isinstance(done, PageFailed)
    said: dict[str, object] = {"kind": done.kind, "message": done.message, "retry": done.retry}
    return {**said, **count_try(todo.last, seconds_for(known, todo))} if done.kind == OUT_OF_TIME else said


def _write_form(ledger: Ledger, known: RunContext, todo: PageTodo, found: PageReading) -> None:
    scan, form = todo.scan, found.form
    detail = {name: found.reading[name] for name in ("form", "family", "part")}
    unknown = PRINT_NOT_KNOWN in found.recognition["notes"]
    if unknown:
        detail[PRINT_UNKNOWN] = True
    recognised = todo.matched or recognise_key(known, scan, form, print_unknown=unknown)
    if not todo.matched:
        ledger.finish(scan.page, RECOGNISE, recognised, found.recognition, detail)
    if form is not None:
        language = scan.language or known.forms[form].languages[0]
        key = decide_key(known, scan, recognised, form)
        ledger.finish(scan.page, DECIDE, key, found.reading, {**detail, "language": language})


def _write_failed_register(ledger: Ledger, known: RunContext, todo: PageTodo, failed: PageFailed) -> None:
    key = register_key(known, todo.scan, todo.before, FAILED)
    why = _describe_failure(known, todo, failed)
    ledger.fail(todo.scan.page, REGISTER, key, why)
    # Under both steps: a page that has no reading must count as failed, not as waiting.
    ledger.fail(todo.scan.page, DECIDE, key, why)


def _write_register(
    ledger: Ledger, known: RunContext, todo: PageTodo, as_form: PageReading, found: PageReading
) -> None:
    scan, form = todo.scan, found.form
    recognised = todo.registered or register_key(known, scan, todo.before, form)
    if not todo.registered:
        seen = recognition_from_plain(found.recognition)
        # Most pages hand on what they were given; an event that says nothing of it means that (read_plan._carried).
        handed = {} if seen.carried == todo.before else {"carried": found.recognition["carried"]}
        ledger.finish(scan.page, REGISTER, recognised, found.recognition, {"form": form, **handed})
    key = register_decide_key(known, recognised, form)
    if form is not None:
        ledger.finish(scan.page, DECIDE, key, found.reading, _detail(known, todo, found))
        return
    notes = found.recognition["notes"]
    if BLANK in notes:
        # No form and no part: nothing of it is mapped.
        ledger.finish(scan.page, DECIDE, key, found.reading, {"form": None, BLANK: True})
        return
    message = (
        f"Page {scan.page}: {as_form.recognition['reason']}; as a register's: {found.reading['reason']}. "
        "Add a form file for this print."
    )
    # That it was looked at: pages of before blank ones were told may be (steps/retry.py).
    looked = {BLANK: False} if WRITTEN in notes else {}
    ledger.fail(scan.page, DECIDE, key, {"kind": UNKNOWN_FORM, "message": message, "retry": False, **looked})


def _detail(known: RunContext, todo: PageTodo, found: PageReading) -> Mapping[str, object]:
    """Event details of a register page, including what neighbouring pages need."""
    reading = reading_from_plain(found.reading)
    around = recognition_from_plain(found.recognition).around
    assert reading.form is not None
    has_days = known.registers.forms[reading.form].days
    is_above = day_above(around) is not None
    return {
        "form": reading.form, "family": reading.form, "part": 1,
        "language": todo.scan.language or known.state.languages[0], REGISTER: True,
        "numbers": page_numbers(around), "days": has_days, "day_above": is_above,
        **make_page_facts(reading, has_days=has_days, is_day_above=is_above),
    }  # fmt: skip
