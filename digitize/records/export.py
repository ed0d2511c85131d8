"""Export records from a workspace, in the flat import layout (CSV) or complete with provenance (JSONL)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from digitize.errors import OptionsError
from digitize.files.dataset import Dataset, write_dataset
from digitize.machine.sealing import seal, sealed_name
from digitize.masking.cases import CaseMasks, build_batch_masks, build_workspace_masks
from digitize.masking.unmasking import ShownFields, Unmasking, hash_files
from digitize.targets.csv_folder import CsvFolder, write_folder
from digitize.targets.flags import FLAGS
from digitize.targets.flat import roman_names
from digitize.targets.shapes import FlatShape, LayoutShape, Shape
from digitize.workspace.capture_choice import capture_choice
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.packs import EMPTIED
from digitize.workspace.ledger.purges import count_emptied
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.place import Place
from digitize.workspace.target import find_layout
from mappers.codes import load_stations
from mappers.layouts import TableLayout
from mappers.record import Record, to_plain

FORMATS = ("csv", "jsonl")


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the records were written, their number, and the number left out pending review.

    purged: number without values, never exported.

    gaps: for a layout, "table.column" -> values without a code; no_table: form -> records without a table, which were
    not written.
    """

    path: Path
    records: int
    left_out: int
    gaps: Mapping[str, int] = field(default_factory=dict)
    no_table: Mapping[str, int] = field(default_factory=dict)
    purged: int = 0


def export(
    place: Place,
    to: str,
    out: Path | None = None,
    *,
    who: Unmasking | None = None,
    with_all: bool = False,
    layout: str = "",
    encrypt_to: Sequence[str] = (),
    part: ExportPart | None = None,
) -> Exported:
    """Export records; protected victims and children are masked unless a reason is given.

    to: "csv" (a folder with one file per table, headers = field ids; only clean records unless with_all, since its rows
    carry no verdict; layout: id of a target layout whose tables to write instead) or "jsonl" (every record, one per
    line, with the Latin spelling of its names, verdict and findings). For an unmasked export the ledger logs who asked
    and why before writing, and afterwards which fields of which records are in which files. encrypt_to: public keys;
    then only one encrypted file is written. part: only one batch or volume. Raises OptionsError for an unknown format,
    NotFound for an unknown batch or volume. Memory use is constant.
    """
    if to not in FORMATS:
        raise OptionsError(f"--to knows {', '.join(FORMATS)}; not {to}")
    # Lines of JSON are whole records with their origins; a target's tables have no place for those.
    if layout and to != "csv":
        raise OptionsError("--layout is for --to csv")
    with Ledger(place.ledger) as ledger:
        part = part or ExportPart()
        name = f"{layout or 'records'}{part.suffix}" + (".jsonl" if to == "jsonl" else "")
        target = out or place.folder / "exports" / name
        site = place.options.workspace.site_id
        if who:
            ledger.record_event(
                site, "export", "note", detail={**who.as_plain(), **part.as_plain(), "to": to, "begun": True}
            )
        stored = part.list_records(ledger)
        view = ExportView(part.build_masks(ledger, stored), who)
        # Taken one at a time while they are written: so how many are left out is known only at the end.
        chosen = _RecordChoice(stored(), with_all=with_all or to == "jsonl")
        found = find_layout(place, layout)
        if found is not None and found.has_own_tables:
            raise OptionsError(
                f"Layout {layout} fills tables of a database, whose keys cannot be written to a file; load into it."
            )

        def write_beside(folder: Path, mappings: Collection[str]) -> None:
            write_dataset(folder, _describe_dataset(place, mappings))
            _write_flags(ledger, folder / FLAGS, part, with_all=with_all)

        def write(target: Path) -> Exported:
            if to == "jsonl":
                return Exported(target, write_jsonl(ledger, iter(chosen), target, view), 0)
            return _write_csv(chosen, target, found, view, write_beside)

        made = _write_encrypted(write, target, encrypt_to) if encrypt_to else write(target)
        made = replace(made, purged=count_emptied(ledger, *part.build_where(ledger)))
        if who:
            detail = {**who.as_plain(), **part.as_plain(), "to": to, "written": made.records, **view.shown.as_plain()}
            files = sorted(made.path.glob("*.csv")) if made.path.is_dir() else [made.path]
            ledger.record_event(site, "export", "note", detail={**detail, "files": hash_files(files)})
        return made


@dataclass(frozen=True, slots=True)
class ExportPart:
    """Part to export: a batch by id, a volume by label or number, or everything if both are ""."""

    batch: str = ""
    volume: str = ""

    @property
    def suffix(self) -> str:
        """Suffix of its file name."""
        name = self.volume or self.batch
        return f"-{''.join(c if c.isalnum() else '-' for c in name)}" if name else ""

    def as_plain(self) -> dict[str, str]:
        """As JSON types, for an event."""
        return {k: v for k, v in (("batch", self.batch), ("volume", self.volume)) if v}

    def build_where(self, ledger: Ledger) -> tuple[str, tuple[object, ...]]:
        """SQL condition for its records, and its values. Raises NotFound, OptionsError if both are named."""
        if self.batch and self.volume:
            raise OptionsError("Use either --batch or --volume, not both.")
        if self.batch:
            return "batch = ?", (Catalogue(ledger).batch(self.batch).batch,)
        if self.volume:
            part = f"volume:{Catalogue(ledger).volume_number(self.volume)}"
            return where_of(part), values_of(part)
        return "", ()

    def list_records(self, ledger: Ledger) -> Callable[[], Iterator[Stored]]:
        """Its records by id, without purged ones, queried on each call."""
        where, values = self.build_where(ledger)
        records = Records(ledger)
        if not where:
            return records.all
        return lambda: (s for s in records.of_units(f"{where} ORDER BY record", values) if not s.is_purged)

    def build_masks(self, ledger: Ledger, stored: Callable[[], Iterator[Stored]]) -> CaseMasks:
        """Masks for them, computed from whole cases, including records outside the part."""
        is_part = bool(self.batch or self.volume)
        return (
            build_batch_masks(ledger, lambda: (s.record for s in stored()))
            if is_part
            else build_workspace_masks(ledger)
        )


def _write_encrypted(write: Callable[[Path], Exported], target: Path, publics: Sequence[str]) -> Exported:
    """Write to a temporary folder and keep only the encrypted file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # On the same disk, which is the one that is encrypted; readable by its owner alone.
    with TemporaryDirectory(dir=target.parent, prefix=".sealing-") as plain:
        made = write(Path(plain) / target.name)
        return replace(made, path=seal(made.path, sealed_name(made.path, target), publics))


class ExportView:
    """Records as exported: masked, or in full with a log of their protected fields."""

    def __init__(self, masks: CaseMasks, who: Unmasking | None) -> None:
        """who: sees them in full; None: masked."""
        self._masks, self._who = masks, who
        self.shown = ShownFields()

    def show_record(self, record: Record) -> Record:
        """The record as written."""
        if self._who is None:
            return self._masks.mask(record)
        self.shown.add(record.id, self._masks.list_masked_paths(record))
        return record


def _write_csv(
    chosen: _RecordChoice,
    target: Path,
    layout: TableLayout | None,
    view: ExportView,
    write_beside: Callable[[Path, Collection[str]], None],
) -> Exported:
    shape: Shape = LayoutShape(layout) if layout else FlatShape()
    no_table: Counter[str] = Counter()
    mappings: set[str] = set()
    records = (view.show_record(s.record) for s in _keep_with_table(chosen, shape, no_table))
    count = write_folder(_note_mappings(records, mappings), target, shape)
    # A target's own layout has no place for what stands beside the tables.
    if layout is None:
        write_beside(target, mappings)
    gaps, unplaced = dict(sorted(shape.gaps.items())), dict(sorted(no_table.items()))
    return Exported(target, count, chosen.left_out, gaps, unplaced)


def _write_flags(ledger: Ledger, folder: Path, part: ExportPart, *, with_all: bool) -> None:
    """Write the findings of the exported records to a separate folder, since they are no table of a form. No values."""
    where, values = part.build_where(ledger)
    own = f" AND record IN (SELECT record FROM records WHERE {where})" if where else ""
    query = f"""SELECT f.record, f.field, f.code, f.severity FROM findings f JOIN records USING (record)
                WHERE (verdict = 'clean' OR ?) AND substr(data, 1, 1) <> ?{own} ORDER BY 1, 2, 3"""
    found = ledger.stream_rows(query, (with_all, EMPTIED, *values))
    first = next(found, None)
    if first is None and not folder.is_dir():
        return
    folder.mkdir(exist_ok=True)
    with CsvFolder(folder) as out:
        if first is not None:
            out.add(FLAGS, ["record_id", "field", "code", "word"], (tuple(row) for row in chain([first], found)))
        out.keep_only([FLAGS])


def _keep_with_table(chosen: Iterable[Stored], shape: Shape, no_table: Counter[str]) -> Iterator[Stored]:
    """Records of forms that have a table in a shape; the others are counted."""
    for s in chosen:
        if shape.tables(s.record.form):
            yield s
        else:
            no_table[s.record.form] += 1


def _note_mappings(records: Iterable[Record], mappings: set[str]) -> Iterator[Record]:
    """Pass records through, noting their mappings by id and version."""
    for record in records:
        # Other values are by a person, a list or what intake was told: those have no version.
        mappings.update(v.by for v in record.fields.values() if v.by.rpartition(" ")[2].isdigit())
        yield record


def _describe_dataset(place: Place, mappings: Collection[str]) -> Dataset:
    """Metadata needed to check these records with the same result."""
    state, check = place.options.workspace.state, place.options.check
    stations = load_stations(state, place.folder / "lists" / "stations.csv")
    pairs = sorted({(s.district, s.name) for s in stations})
    return Dataset(state, tuple(pairs), capture_choice(place.options).profile, check.years, tuple(sorted(mappings)))


class _RecordChoice:
    """Selects the records to write and counts those left out."""

    def __init__(self, stored: Iterator[Stored], *, with_all: bool) -> None:
        self._stored, self._with_all = stored, with_all
        self.left_out = 0

    def __iter__(self) -> Iterator[Stored]:
        for s in self._stored:
            if self._with_all or s.verdict == "clean":
                yield s
            else:
                self.left_out += 1


def write_jsonl(ledger: Ledger, stored: Iterator[Stored], path: Path, view: ExportView) -> int:
    """Write complete records, one per line, with provenance, verdict and findings. Returns their number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".tmp")
    count = 0
    with part.open("w", encoding="utf-8", newline="\n") as f:
        for s in stored:
            f.write(json.dumps(_record_to_plain(ledger, s, view), ensure_ascii=False, sort_keys=True) + "\n")
            count += 1
    # Under its own name only when it is whole: nobody sends half an export.
    part.replace(path)
    return count


def _record_to_plain(ledger: Ledger, s: Stored, view: ExportView) -> dict[str, Any]:
    record = view.show_record(s.record)
    findings = [
        {"field": f.field, "code": f.code, "severity": f.severity, "message": f.message}
        for f in Records(ledger).findings(s.record.id)
    ]
    said = {"verdict": s.verdict, "open": list(s.open), "findings": findings}
    return {**to_plain(record), "roman": dict(roman_names(record)), **said}
