"""What is in a source and not in the target, and the other way round, by form, station and year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from digitize.files.loading.batches import Maker
from digitize.files.loading.inputs import find_inputs
from digitize.files.loading.parts import CheckedInputs
from digitize.machine.work_keys import plain_hash
from digitize.targets.base import Target
from digitize.targets.flat import row_hash
from digitize.targets.rows import HASH, RECORD_ID
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from digitize.workspace.place import Place
from validators.rulebook.given import CheckSettings

STATION = ("state", "district", "police_station")
# So many records of a source are compared at a time, as many as a batch has when they are loaded.
_SIZE = 50_000
Station = tuple[str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Held:
    """A record that should be in the target. content: hash of its content."""

    form: str
    record: str
    content: str
    station: Station
    year: str


@dataclass
class StationYear:
    """The records of one form at one station in one year. source, target: how many; the lists hold record ids."""

    form: str
    station: Station
    year: str
    source: int = 0
    target: int = 0
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    only_target: list[str] = field(default_factory=list)
    source_hash: str = ""
    target_hash: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether both hold the same records with the same content."""
        return self.source_hash == self.target_hash


def of_workspace(place: Place) -> Iterator[Held]:
    """The records of a workspace that no rule and no doubt holds back."""
    with Ledger(place.ledger) as ledger:
        for s in Records(ledger).all():
            if s.verdict == "clean":
                r = s.record
                station = (r.value("state"), r.value("district"), r.value("police_station"))
                yield Held(r.form, r.id, row_hash(r), station, r.value("year") or "")


def of_files(paths: Sequence[Path], form: str, settings: CheckSettings) -> Iterator[Held]:
    """The records of import files that would be loaded."""
    inputs = find_inputs(paths, form, settings)
    checked = CheckedInputs(inputs, settings)
    maker = Maker(inputs, settings, checked.messages, _SIZE)
    for part in checked:
        for batch in maker.batches(part):
            for rows in batch.forms.values():
                own = rows.tables[form]
                bad = set(rows.unfit[RECORD_ID])
                there = [n for n in (*STATION, "year") if n in own.columns]
                for row in own.select(RECORD_ID, HASH, *there).iter_rows(named=True):
                    if row[RECORD_ID] not in bad:
                        station = (row.get("state"), row.get("district"), row.get("police_station"))
                        yield Held(form, row[RECORD_ID], row[HASH], station, row.get("year") or "")


def compare(source: Iterable[Held], target: Target) -> list[StationYear]:
    """Every form, station and year of the source, compared with what the target holds there."""
    wanted: dict[tuple[str, Station], dict[str, Held]] = {}
    for held in source:
        wanted.setdefault((held.form, held.station), {})[held.record] = held
    groups: list[StationYear] = []
    # As text, for a station may lack its district, and nothing is smaller than None.
    for (form, station), records in sorted(wanted.items(), key=lambda item: str(item[0])):
        groups += _compare(form, station, records, target)
    return groups


def _compare(form: str, station: Station, records: dict[str, Held], target: Target) -> list[StationYear]:
    found = {r: (content, year) for r, content, year in target.hashes(form, station)}
    years = {h.year for h in records.values()}
    made = {year: StationYear(form, station, year) for year in sorted(years)}
    contents: dict[str, tuple[list[list[str]], list[list[str]]]] = {year: ([], []) for year in years}
    for record, held in sorted(records.items()):
        group = made[held.year]
        group.source += 1
        contents[held.year][0].append([record, held.content])
        if record not in found:
            group.missing.append(record)
        elif found[record][0] != held.content:
            group.different.append(record)
    for record, (content, year) in sorted(found.items()):
        # A record that stands under another year there is counted in the year of the source.
        own = records[record].year if record in records else year
        if own in made:
            made[own].target += 1
            contents[own][1].append([record, content])
            if record not in records:
                made[own].only_target.append(record)
    for year, group in made.items():
        group.source_hash, group.target_hash = (plain_hash(side) for side in contents[year])
    return list(made.values())
