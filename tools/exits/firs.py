"""What stands in the copies of FIRs that are given to police without a reason to see protected names."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from digitize.search.log import Searcher
from digitize.services.asker import ServiceAsker
from digitize.services.copies.copy import FORM, texts_in
from digitize.services.query_service import ServiceDesk
from digitize.targets.sqlite import SqliteTarget


def copied_firs(store: Path) -> str:
    """The texts of the copies of all FIRs of a store in SQLite."""
    with sqlite3.connect(store) as db:
        names = [name for (name,) in db.execute(f"SELECT record_id FROM {FORM}")]
    target = SqliteTarget(store)
    desk, asker = ServiceDesk(target), ServiceAsker(Searcher("Any", "any@here", "measuring"), "police")
    made = desk.copies(lambda _: [names], FORM, asker, {"year": "any"})
    texts = [text for record in made for text in texts_in(record, "en", role="police")]
    target.close()
    return "\n".join(texts)
