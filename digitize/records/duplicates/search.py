"""Search duplicates in files or a workspace, without decided pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError
from digitize.masking.cases import build_workspace_masks
from digitize.masking.unmasking import ShownFields, Unmasking
from digitize.records.duplicates.decisions import STEP, drop_decided
from digitize.records.duplicates.find import FoundPairs, find_candidates
from digitize.records.duplicates.gather import KINDS, Texts, load_file_texts, load_record_texts
from digitize.records.duplicates.masking import (
    NAMES,
    Reveal,
    candidates_to_plain,
    mask_as_records,
    mask_persons,
    show_all,
)
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.purges import count_emptied
from digitize.workspace.ledger.records import Records
from mappers.schema import form_tables


@dataclass(frozen=True, slots=True)
class DuplicateSearch:
    """Options. of: persons, cases or both; threshold: None for the default; limit: candidates of each kind.

    who: sees personal data in full; None: masked.
    """

    form: str = "iif1"
    of: str = "both"
    threshold: float | None = None
    limit: int = 50
    who: Unmasking | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """Counts of one kind. pairs: undecided, shown: of these; skipped: comparisons omitted in oversized blocks."""

    kind: str
    rows: int
    pairs: int
    groups: int
    shown: int
    decided: int
    compared: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Candidates as JSON types, most probable of each kind first, and counts.

    shown: records whose personal data are shown in full. purged: records without values, which are not compared.
    """

    pairs: tuple[dict[str, Any], ...]
    counts: tuple[Count, ...]
    shown: ShownFields = field(default_factory=ShownFields)
    purged: int = 0


def find_in_files(paths: Sequence[Path], wanted: DuplicateSearch) -> Duplicates:
    """Candidates in import files. Raises InputError if nothing can be compared, OptionsError for another form."""
    kinds = _list_kinds(wanted)
    return _build_result(
        load_file_texts(paths, wanted.form), kinds, wanted, show_all if wanted.who else mask_persons, None
    )


def find_in_workspace(ledger: Ledger, wanted: DuplicateSearch) -> Duplicates:
    """Undecided candidates among a workspace's records. Showing names is logged."""
    kinds, records = _list_kinds(wanted), Records(ledger)
    # Only with a reason, which is in the ledger before the first name leaves this function.
    reveal: Reveal = show_all
    if wanted.who is None:
        reveal = mask_as_records(build_workspace_masks(ledger), lambda i: s.record if (s := records.find(i)) else None)
    found = _build_result(load_record_texts(ledger, wanted.form), kinds, wanted, reveal, ledger)
    found = replace(found, purged=count_emptied(ledger))
    if wanted.who:
        detail = {**wanted.who.as_plain(), **found.shown.as_plain()}
        ledger.record_event("duplicates", STEP, "note", detail=detail)
    return found


def _list_kinds(wanted: DuplicateSearch) -> tuple[str, ...]:
    from validators.rulebook.rule import load_rules

    if wanted.form not in _list_forms():
        raise OptionsError(f"there is no form {wanted.form}; see: digitize schema")
    kinds = tuple(k for k in KINDS if wanted.of in (f"{k}s", "both"))
    if not kinds:
        raise OptionsError("--of is persons, cases or both.")
    there = tuple(k for k in kinds if KINDS[k] in load_rules(wanted.form))
    if not there:
        raise OptionsError(f"form {wanted.form} has no fields by which {kinds[0]}s are compared.")
    return there


def _list_forms() -> frozenset[str]:
    from mappers.schema import load_schemas

    return frozenset(name for name in load_schemas() if form_tables(name))


def _build_result(
    texts: Texts, kinds: Sequence[str], wanted: DuplicateSearch, reveal: Reveal, ledger: Ledger | None
) -> Duplicates:
    pairs: list[dict[str, Any]] = []
    counts = []
    for found in (find_candidates(kind, wanted.form, texts, wanted.threshold) for kind in kinds):
        left, decided = drop_decided(ledger, found.candidates) if ledger else (list(found.candidates), 0)
        # After the decided ones are gone, or a long list of those would hide what is open.
        shown = left[: wanted.limit]
        pairs += candidates_to_plain(shown, reveal)
        counts.append(_count(found, len(left), len({c.group for c in left}), len(shown), decided))
    return Duplicates(tuple(pairs), tuple(counts), _list_shown_records(pairs) if wanted.who else ShownFields())


def _list_shown_records(pairs: Sequence[dict[str, Any]]) -> ShownFields:
    """Records whose personal data are shown in pairs."""
    shown = ShownFields()
    for side in (pair[name] for pair in pairs for name in ("left", "right")):
        shown.add(side["record"], [n for n in NAMES if n in side])
    return shown


def _count(found: FoundPairs, pairs: int, groups: int, shown: int, decided: int) -> Count:
    return Count(found.kind, found.rows, pairs, groups, shown, decided, found.compared, found.skipped)
