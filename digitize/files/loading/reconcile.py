"""Differences between a source and a target, by form, station and year.

The comparison uses the target's current tables: each record with its child rows is hashed there, whatever hash was
stored at load time. Groups with equal hashes are done; in the others records are compared one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from digitize.errors import OptionsError
from digitize.files.loading.compared_sources import LoadSource
from digitize.files.loading.provenance import Provenance, refused_by_target
from digitize.files.loading.sides import Place, Sides, doubtful_places
from digitize.targets.base import Target
from digitize.targets.comparing import Compares, Fold, LeavesOut, record_digests

# Of a database so many records are in memory at a time.
AT_ONCE = 20_000
# So many ids are named in all; the counts go on. Nobody reads more, and a wrong target has millions.
MOST_NAMED = 100_000
Station = tuple[str | None, str | None, str | None]


@dataclass
class StationYear:
    """Records of one form at one station in one year. source, target: counts; the lists hold record ids.

    counts: by kind of difference, even beyond the listed ids. refused: rejected by the target, waiting in its
    quarantine. others: by load in the target's history, number of additional records.
    """

    form: str
    station: Station
    year: str
    source: int = 0
    target: int = 0
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    only_target: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)

    @property
    def is_equal(self) -> bool:
        """Whether the target has all it should, and nothing without a known load."""
        return not any(self.counts.get(what) for what in ("missing", "different", "only_target"))


@dataclass
class Comparison:
    """Result of a comparison. groups: all of the source, and faulty ones of the target.

    others: additional records in the target by load: its history entry and count. left_out: what the target's tables do
    not hold, for people.
    """

    groups: list[StationYear]
    others: list[dict[str, object]]
    left_out: list[str] = field(default_factory=list)


def compare(source: LoadSource, target: Target, at_once: int = AT_ONCE, most_named: int = MOST_NAMED) -> Comparison:
    """Compare a source with a target. at_once: target records in memory; most_named: ids in the result.

    Raises OptionsError for a target whose content cannot be compared, InputError for unreadable files.
    """
    if not isinstance(target, Compares):
        raise OptionsError(
            f"{target.name}: only a database can be compared. For a folder, see the SHA-256 of every file in its "
            f"manifest.json."
        )
    with Sides() as sides:
        for form, tables in source.rows():
            sides.add_source(form, record_digests(form, target.spell_rows(form, tables)))
        provenance = Provenance(target, source)
        found = _fold_target(source, target, sides, provenance)
        doubtful = doubtful_places(sides.folds, found)
        suspicious = [at for at in found if at not in sides.folds and provenance.is_suspicious(at)]
        for form in source.forms:
            groups = [group for of, group in sorted([*doubtful, *suspicious]) if of == form]
            if groups:
                target.standing(form, groups, partial(sides.add_target, form), at_once)
        if doubtful:
            sides.add_refused(refused_by_target(target))
        made = _ComparisonBuilder(sides.folds, found, provenance, most_named)
        for at, what, record, load in sides.differences(doubtful):
            made.add(at, what, record, load)
        compared = made.build(suspicious)
        compared.left_out = target.left_out() if isinstance(target, LeavesOut) else []
        return compared


def _fold_target(source: LoadSource, target: Compares, sides: Sides, provenance: Provenance) -> dict[Place, Fold]:
    """Content of the target by place: hashed at the source's stations, counted elsewhere."""
    found: dict[Place, Fold] = {}
    for form in source.forms:
        for group, load, count in target.present(form):
            provenance.add((form, group), load, count)
            found[form, group] = Fold(found.get((form, group), Fold()).count + count)
        stations = sorted({group.station for of, group in sides.folds if of == form})
        hashed = target.folds(form, stations) if stations else {}
        found |= {(form, group): fold for group, fold in hashed.items()}
    return found


class _ComparisonBuilder:
    """Collects differences into the groups of a result."""

    def __init__(
        self, source: Mapping[Place, Fold], target: Mapping[Place, Fold], provenance: Provenance, most: int
    ) -> None:
        self._source, self._target, self._provenance, self._left = source, target, provenance, most
        self._groups: dict[Place, StationYear] = {at: self._group(at) for at in sorted(source)}

    def _group(self, at: Place) -> StationYear:
        form, group = at
        state, district, station = (name or None for name in group.station)
        source, target = self._source.get(at, Fold()), self._target.get(at, Fold())
        return StationYear(form, (state, district, station), group.year, source.count, target.count)

    def add(self, at: Place, what: str, record: str, load: str) -> None:
        """Add one difference."""
        group = self._groups.get(at) or self._groups.setdefault(at, self._group(at))
        if what == "only_target" and self._provenance.accounts_for(load, record):
            self._provenance.name(load, record)
            group.others[load] = group.others.get(load, 0) + 1
            return
        group.counts[what] = group.counts.get(what, 0) + 1
        if self._left > 0:
            self._left -= 1
            getattr(group, what).append(record)

    def build(self, suspicious: Sequence[Place]) -> Comparison:
        """The result; groups with only other loads are derived from these."""
        groups = [g for at, g in sorted(self._groups.items()) if at in self._source or not g.is_equal]
        for at in self._target.keys() - self._source.keys() - set(suspicious):
            self._provenance.count_place(at)
        return Comparison(groups, self._provenance.list_loads())
