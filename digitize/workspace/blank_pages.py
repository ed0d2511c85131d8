"""List the blank pages of a workspace for inspection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from digitize.workspace.ledger import Ledger
from ocr.scans.parts import place_of

# Narrowed by the text, decided by what it says.
_DECIDED = """SELECT s.unit AS page, s.detail AS detail, f.name AS file, c.idx AS idx
  FROM state s JOIN scans c ON c.page = s.unit AND c.seq = (SELECT MAX(seq) FROM scans WHERE page = s.unit)
  JOIN sources f ON f.sha256 = c.sha256
  WHERE s.step = 'decide' AND s.outcome <> 'failed' AND s.detail LIKE '%"blank"%' ORDER BY s.unit"""


@dataclass(frozen=True, slots=True)
class BlankPage:
    """A blank page. file: name as delivered; image: page in it, from 1."""

    page: str
    file: str
    image: int


def blank_pages(ledger: Ledger) -> Iterator[BlankPage]:
    """Every page that was read as blank, by id."""
    for row in ledger.stream_rows(_DECIDED):
        if json.loads(row["detail"]).get("blank"):
            yield BlankPage(row["page"], row["file"], place_of(int(row["idx"])).picture + 1)
