"""General diary (roznamcha, station diary): one record an entry.

Source: registers.md sections 2, 3 and 7. Its serial runs by day, month or year, as the state has it; entries are
destroyed two years after the last one of a book.
"""

from __future__ import annotations

from mappers.schema.parts import Diary, Identity, LegacyKey, LinkedFir, Officer, StationKey
from mappers.schema.parts.table import Table, Text, column


class DiaryEntry(LinkedFir, Officer, Diary, StationKey, mandatory=("gd_no", "gd_date", "gd_time")):
    """One entry of the diary. The hour of entry and that of the event are kept apart."""

    event_date: Text = column("Event: date", "date")
    event_time: Text = column("Event: time", "time")
    subject: Text = column("Subject", "text", mandatory=True, private="text")
    particulars: Text = column("Particulars", "text", mandatory=True, private="text")
    action_taken: Text = column("Action taken", "text", private="text")
    led_to: Text = column("Led to", "code", codes="nonfir_kind")
    led_to_no: Text = column("Led to: number", "text")
    book_page: Text = column("Page of the book", "text")


TABLES = (
    Table("gd", DiaryEntry, key=("state", "district", "police_station", "gd_date", "gd_no")),
    Table("gd_persons", Identity, "persons"),
    Table("gd_legacy_keys", LegacyKey, "legacy_keys"),
)
