"""Inputs of each step outside the ledger, by name and hash, recorded as an event when they change.

A run can then tell at once whether anything outside the ledger changed, and name the part that made old work stale.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from digitize.machine.work_keys import plain_hash
from digitize.reading.calibration import threshold
from digitize.steps.load import LOAD_VERSION
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import mark_all
from digitize.workspace.ledger.verdict import VERDICT_VERSION
from digitize.workspace.run_context import RunContext

STEP = "inputs"
Inputs = Mapping[str, str]
"""STEP/NAME -> hash; as "read/weights", "map/mapping fir-en", "check/rules"."""
_NEWEST = "SELECT detail FROM events WHERE step = 'inputs' ORDER BY seq DESC LIMIT 1"


def inputs_of(known: RunContext, steps: Iterable[str]) -> dict[str, str]:
    """Current inputs of these steps."""
    return {f"{step}/{name}": value for step in steps for name, value in _OF[step](known).items()}


def changed_steps(ledger: Ledger, known: RunContext, steps: Iterable[str]) -> list[str]:
    """Steps whose inputs differ from those last recorded; all of them if none were recorded."""
    before = newest_inputs(ledger)
    return [step for step in steps if inputs_of(known, (step,)) != _of_step(before, step)]


def note_inputs(ledger: Ledger, known: RunContext, steps: Iterable[str]) -> None:
    """Record the current inputs, and mark everything dirty for steps whose inputs changed."""
    if not changed_steps(ledger, known, steps):
        return
    with ledger.writing():
        # Asked again: another run may have noted the same meanwhile.
        changed = changed_steps(ledger, known, steps)
        if not changed:
            return
        kept = {name: value for name, value in newest_inputs(ledger).items() if name.partition("/")[0] not in changed}
        detail = {**kept, **inputs_of(known, changed)}
        ledger.record_event(known.place.options.workspace.site_id, STEP, "note", detail=detail)
        for step in changed:
            mark_all(ledger, step)


def newest_inputs(ledger: Ledger) -> Inputs:
    """Inputs last recorded, empty if none."""
    rows = ledger.rows(_NEWEST)
    found: Inputs = json.loads(rows[0]["detail"]) if rows else {}
    return found


def _of_step(inputs: Inputs, step: str) -> dict[str, str]:
    return {name: value for name, value in inputs.items() if name.startswith(f"{step}/")}


def _read(known: RunContext) -> dict[str, str]:
    settings = known.read_settings("")
    languages = ("", *known.state.languages)
    found = {
        "settings": known.read_key(""),
        # In no key: with more of it, pages that ran out of time are read again, and no others.
        "time for a page": str(known.place.options.read.seconds_per_page),
        "weights": plain_hash([[network, path.stem] for network, path in known.weights]),
        "lists": known.lexica_key,
        "all forms": settings.form_key(None),
        "register settings": plain_hash([known.register_key(language) for language in languages]),
    }
    for form in known.forms:
        found[f"form {form}"], found[f"entries of form {form}"] = settings.form_key(form), settings.rules_key(form)
    for register, (key, rules) in known.register_keys.items():
        name = f"register {register}" if register else "all registers"
        found[name], found[f"entries of {name}"] = key, rules
    return found


def _map(known: RunContext) -> dict[str, str]:
    cuts = {name: threshold(form, known.calibration) for name, form in known.forms.items()}
    cuts |= {name: threshold(form, known.calibration) for name, form in known.registers.forms.items()}
    measured = sorted([*key, str(value)] for key, value in known.thresholds.fields.items())
    return {
        "lists, state profile or captured fields": known.map_key,
        "thresholds": plain_hash([cuts, measured]),
        **{f"mapping {m.id}": m.digest for m in known.mappings.values()},
        **{f"system {s.id}": s.digest for s in known.systems},
    }


def _check(known: RunContext) -> dict[str, str]:
    # The day by itself, and first: it is in the hash of the rules, too.
    return {"day of the newest intake": known.today.isoformat(), "rules": f"{VERDICT_VERSION} {known.check_key}"}


def _load(known: RunContext) -> dict[str, str]:
    return {"target": f"{LOAD_VERSION} {known.target_name}"}


_OF: Mapping[str, Callable[[RunContext], dict[str, str]]] = {"read": _read, "map": _map, "check": _check, "load": _load}
