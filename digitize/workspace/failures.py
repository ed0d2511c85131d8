"""Unreadable pages and faulty tables: which, why, and what happens to them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digitize.workspace.ledger import Ledger

NEXT_RUN, BY_FORM, BY_PERSON = "the next run", "a form file for its print", "digitize retry DIR"
UNKNOWN_FORM = "unknown-form"
_FAILED = """
  SELECT p.page, (SELECT outcome FROM state WHERE unit = p.page AND step = 'recognise') AS read,
    (SELECT detail FROM state WHERE unit = p.page AND step = 'recognise') AS read_detail,
    (SELECT detail FROM state WHERE unit = p.page AND step = 'decide') AS decided_detail
  FROM (SELECT DISTINCT unit AS page FROM state WHERE step IN ('recognise', 'decide') AND outcome = 'failed') p
  ORDER BY p.page
"""
# Of every table there is one row in this; of pages, of which there are many more, nothing is looked at.
_TABLES = """
  SELECT t.unit, t.name, f.name AS file, s.outcome, s.detail FROM tables t JOIN sources f ON f.sha256 = t.sha256
  JOIN state s ON s.unit = t.unit AND s.step = 'map' ORDER BY t.unit
"""
_MOST_TABLES = 10
# What is wrong in single cells of a column: their records say it, too.
_OF_CELLS = "column "


@dataclass(frozen=True, slots=True)
class TableTrouble:
    """A table that could not be mapped, or lost data. file: its name; said: sentences."""

    table: str
    name: str
    file: str
    is_mapped: bool
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailedPage:
    """An unreadable page. kind: reason as a stable code. again: what triggers a retry. may_be_blank: of no known form,
    and read before blank pages were detected.
    """

    page: str
    kind: str
    message: str
    again: str
    may_be_blank: bool = False


@dataclass(frozen=True, slots=True)
class FailedKind:
    """Number of pages that failed for one reason, and what triggers a retry."""

    kind: str
    pages: int
    again: str


def failed_pages(ledger: Ledger) -> list[FailedPage]:
    """All pages that could not be read, by id."""
    found = []
    for r in ledger.rows(_FAILED):
        said = json.loads(r["read_detail"] if r["read"] == "failed" else r["decided_detail"])
        is_formless = said["kind"] == UNKNOWN_FORM
        again = NEXT_RUN if said.get("retry") else BY_FORM if is_formless else BY_PERSON
        may_be_blank = is_formless and "blank" not in said
        found.append(FailedPage(r["page"], said["kind"], said.get("message", ""), again, may_be_blank))
    return found


def in_words(kinds: Sequence[FailedKind]) -> str:
    """One line for people; "" if no page failed."""
    by_way = Counter[str]()
    for k in kinds:
        by_way[k.again] += k.pages
    if not by_way:
        return ""
    ways = ", ".join(f"{n} by {way}" for way, n in by_way.items())
    return f"Failed pages: {sum(by_way.values())}. Retried by: {ways}. Which and why: digitize retry DIR --list"


def table_troubles(ledger: Ledger) -> list[TableTrouble]:
    """Tables with problems."""
    found = []
    for r in ledger.rows(_TABLES):
        detail, is_mapped = json.loads(r["detail"]), r["outcome"] != "failed"
        said = detail.get("damage", ()) if is_mapped else [detail.get("message", detail.get("kind", ""))]
        if told := tuple(text for text in said if not text.startswith(_OF_CELLS)):
            found.append(TableTrouble(r["unit"], r["name"], r["file"], is_mapped, told))
    return found


def tables_in_words(troubles: Sequence[TableTrouble]) -> list[str]:
    """For people: one line for each of the first ten, those without records first."""
    first = sorted(troubles, key=lambda t: t.is_mapped)[:_MOST_TABLES]
    lines = [f"{t.file}: {'; '.join(t.said)}{'.' * t.is_mapped}" for t in first]
    more = len(troubles) - len(first)
    return [*lines, f"and {more} tables more: digitize status DIR --json"] if more else lines
