"""A workspace's snapshot out of its ledger: counts by station, district, band, form and language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from digitize import __version__
from digitize.offices.build import make_station_rows
from digitize.offices.disclosure_groups import SERVICES, DisclosedGroups, disclose_groups, load_disclosed
from digitize.offices.exchange_dates import fold_exchanges
from digitize.offices.fold_part import PartFold, fold_parts
from digitize.offices.fold_quality import fold_effort, fold_pace, fold_quality
from digitize.offices.lists import load_gazetteer, load_inventory, load_statement
from digitize.offices.measures import band_of, sum_counts
from digitize.offices.services import limit_all_to_loaded
from digitize.offices.shape import (
    DEFINITIONS,
    FORMAT,
    HIDDEN_BELOW,
    MOST_TOLD,
    VERSION,
    District,
    PlaceCounts,
    Protected,
    Snapshot,
    Source,
    Volume,
)
from digitize.offices.shape_quality import Findable
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place

# The head that an earlier snapshot told of, with the hash that its event has now: another, if history was rewritten.
_TOLD = """
  SELECT e.seq, e.hash FROM events s JOIN events e ON e.seq = CAST(s.key AS BIGINT)
  WHERE s.step = 'snapshot' GROUP BY e.seq, e.hash ORDER BY e.seq DESC LIMIT ?
"""


def fold_ledger(
    place: Place, ledger: Ledger, today: date, *, tells: bool = False, keeps: bool = False
) -> tuple[Snapshot, int]:
    """The workspace in counts, and how many records belong to stations that lists/stations.csv does not name.

    tells: it will be sent; what may be told of protected sections is then noted in the ledger, see `telling`.
    keeps: the counts of parts are kept for the next time, if the ledger can be written; what is told is in any case.

    Raises MappingError and OptionsError when a list is wrong.
    """
    workspace, lists = place.options.workspace, place.folder / "lists"
    gazetteer = load_gazetteer(workspace.state, lists)
    # Who only looks need not be able to write, nor have the key.
    folding = fold_parts(ledger, gazetteer, keeps=tells or keeps)
    # Stations without any work have a row, too: nothing done yet is not the same as no such station.
    for key in gazetteer.codes:
        folding.tallies.touch(key)
    for key, inventory in load_inventory(lists / "inventory.csv", gazetteer).items():
        folding.tallies.expect(key, inventory)
    _fold_sections(ledger, workspace.site_id, folding, tells=tells)
    districts = folding.tallies.districts(gazetteer.lgd)
    rows = make_station_rows(folding.tallies, gazetteer.codes, today)
    root = Source(
        site=workspace.site_id, as_on=today, events=_events(ledger), root_hash=ledger.root_hash(),
        told=[(r["seq"], r["hash"]) for r in ledger.rows(_TOLD, (MOST_TOLD,))][::-1],
    )  # fmt: skip
    made = Snapshot(
        format=FORMAT, version=VERSION, definitions=DEFINITIONS, software=f"cctns-digitize {__version__}",
        level="site", state=workspace.state, site=workspace.site_id, as_on=today,
        made_at=datetime.now(UTC).replace(microsecond=0), sources=[root],
        totals=PlaceCounts(**sum_counts(d.counts.plain() for d in districts).as_plain()),
        districts=districts, by_profile=dict(sorted(folding.by_profile.items())), stations=rows,
        volumes=list(_list_volumes(folding)), quality=fold_quality(ledger, folding.validated, folding.rejects),
        effort=fold_effort(ledger, today), pace=fold_pace(ledger, today),
        services=_fold_services(ledger, workspace.site_id, folding, districts, tells=tells),
        statement=load_statement(lists / "statement.toml"), exchanges=fold_exchanges(ledger, today),
    )  # fmt: skip
    return made, folding.not_listed


def _fold_sections(ledger: Ledger, site: str, folding: PartFold, *, tells: bool) -> None:
    counts = {name: (known, yes) for name, (_, known, yes) in folding.sections.items()}
    told = disclose_groups(ledger, site, counts) if tells else load_disclosed(ledger)
    for name, (not_known, _, _) in folding.sections.items():
        groups = told.get(name, DisclosedGroups())
        folding.tallies.district(name).protected = Protected(
            count=groups.count, hidden=groups.hidden, of=groups.of, not_known=not_known
        )  # fmt: skip


def _fold_services(
    ledger: Ledger, site: str, folding: PartFold, districts: list[District], *, tells: bool
) -> dict[str, Findable]:
    counts = {name: (known, yes) for name, (known, yes) in sorted(folding.services.items())}
    told = disclose_groups(ledger, site, counts, SERVICES) if tells else load_disclosed(ledger, SERVICES)
    found = {name: Findable(count=t.count, of=t.of) for name, t in sorted(told.items()) if t.of}
    return limit_all_to_loaded(found, (d.by_form for d in districts))


def record_reported_head(ledger: Ledger, made: Snapshot) -> None:
    """Note which head a snapshot tells of, before it is sent: the next one says what its event is then."""
    (root,) = made.sources
    # From a medium that cannot be written it is told all the same; the office then misses it in the next one.
    if ledger.can_write and root.events:
        ledger.record_event(root.site, "snapshot", "note", key=str(root.events), detail={"hash": root.root_hash})


def _events(ledger: Ledger) -> int:
    return ledger.count_events()


def _list_volumes(folding: PartFold) -> Iterator[Volume]:
    in_order = sorted(folding.books, key=lambda b: (b[1], b[3], b[4], b))
    for district, station, form, year, first, last, records in in_order:
        # A book of a few FIRs would single them out by number; doubles of it would not matter.
        if band_of(year) != "not-known" and records >= HIDDEN_BELOW:
            yield Volume(
                district=district, station=station, form=form, year=year, first=first, last=last, records=records
            )
