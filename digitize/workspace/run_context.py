"""Context of a run besides the pages: settings, state, lists, forms, mappings, rules; loaded once, then read-only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.machine.placing import Cluster, Workers
from digitize.machine.system import process_name
from digitize.machine.today import today_in_india
from digitize.machine.work_keys import plain_hash, work_key
from digitize.reading.calibration import load_calibration, threshold
from digitize.reading.lexica import as_lexica, sections_file
from digitize.workspace.calibration.threshold_proof import LADDER
from digitize.workspace.calibration.threshold_store import Thresholds, thresholds_in
from digitize.workspace.capture_choice import capture_choice
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.books import BookFact, LearnedBooks
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.own_weights import require_whole, used_weights
from digitize.workspace.place import Place
from mappers.codes import CodeList, load_stations, place_lists
from mappers.codes.station_history import DistrictsOf
from mappers.encodings import Encoding, load_encodings
from mappers.mapping.column_encodings import settle_mapping
from mappers.mapping.load import FormMapping, find_mapping, load_mappings
from mappers.schema.capture import CaptureChoice
from mappers.sources.values import MapContext
from mappers.states import StateProfile, load_state
from mappers.systems.system import System, find_systems, load_system

if TYPE_CHECKING:
    from mappers.legacy import LegacyTable
    from ocr.forms.form import Confidence, Form
    from ocr.forms.settings import ReadSettings
    from ocr.languages.lexicon import Lexicon
    from ocr.registers import Registers
    from validators.rulebook.given import CheckSettings


_DIGITS = ("own", "none")
"""Settings of read.native_digits that name no file."""


@dataclass(frozen=True)
class RunContext:
    """Everything outside scans and tables that affects results.

    today: day of the newest intake, so that a check is reproducible. owner: this process. weights: the office's own, by
    network. books: facts learned from volumes, by zone. cluster: None for this machine.
    """

    place: Place
    state: StateProfile
    lists: Mapping[str, CodeList]
    encodings: Mapping[str, Encoding]
    mappings: Mapping[str, FormMapping]
    systems: tuple[System, ...]
    today: date
    owner: str
    thresholds: Thresholds = Thresholds()
    weights: tuple[tuple[str, Path], ...] = ()
    books: LearnedBooks | dict[int, dict[str, BookFact]] = field(default_factory=dict)
    cluster: Cluster | None = None
    _settings: dict[str, ReadSettings] = field(default_factory=dict)
    _read_keys: dict[str, str] = field(default_factory=dict)

    @property
    def workers(self) -> Workers:
        """Where pages, chunks and groups are processed: a cluster, or local processes."""
        # 0 jobs: one a core; a system that does not tell its cores (None) gets one.
        return self.cluster or self.place.options.run.jobs or os.cpu_count() or 1

    @property
    def target_name(self) -> str:
        """The target as the person named it: part of a load's key, and shown."""
        loading = self.place.options.load
        return f"{loading.target} {loading.layout}".rstrip()

    def read_settings(self, language: str) -> ReadSettings:
        """How to read a page of that language ("" for the state's own)."""
        if language not in self._settings:
            # Here and not above: what only looks at the ledger need not load the reading of pages.
            from ocr.forms.settings import ReadSettings

            o = self.place.options.read
            self._settings[language] = ReadSettings(
                languages=(language,) if language else self.state.languages,
                dpi=o.dpi,
                engine=o.engine,
                handwriting_engine=o.handwriting_engine,
                native_digits=o.native_digits
                if o.native_digits in _DIGITS
                else str(self.place.folder / o.native_digits),
                seconds_per_page=o.seconds_per_page,
                form_folders=(self.place.folder / "forms",),
                sections=sections_file(),
                weights=self.weights,
            )
        return self._settings[language]

    def read_key(self, language: str) -> str:
        """Hash of those settings; cached, since every page needs it."""
        if language not in self._read_keys:
            self._read_keys[language] = self.read_settings(language).key()
        return self._read_keys[language]

    @cached_property
    def district_of(self) -> DistrictsOf:
        """Station -> district, for stations whose name is in only one district, or on a given date."""
        own = self.place.folder / "lists" / "stations.csv"
        return DistrictsOf(load_stations(self.state.code, own))

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The forms of the package and of the workspace, by id."""
        from ocr.forms.zones import load_models

        return load_models((self.place.folder / "forms",)).forms

    @cached_property
    def registers(self) -> Registers:
        """The registers of the package and of the workspace."""
        from ocr.registers import known_registers

        return known_registers((self.place.folder / "forms",))

    @cached_property
    def register_keys(self) -> Mapping[str | None, tuple[str, str]]:
        """Register, or None for all -> hashes of its inputs to recognition and decision."""
        # None for a page that is of no register: it depends on all of them, since a new one may fit it.
        known = (None, *self.registers.forms)
        return {form: (self.registers.key(form), self.registers.rules_key(form)) for form in known}

    def register_key(self, language: str) -> str:
        """Hash of the inputs of register recognition besides scan, volume and register."""
        from digitize.reading.register import register_settings
        from ocr.registers.form import REGISTER_VERSION

        if (name := f"register {language}") not in self._read_keys:
            plain = register_settings(self.read_settings(language)).plain()
            self._read_keys[name] = work_key(REGISTER_VERSION, plain_hash(plain))
        return self._read_keys[name]

    @cached_property
    def lexica(self) -> Mapping[str, Lexicon]:
        """Closed lists for reading: names with aliases."""
        return as_lexica(self.lists)

    @cached_property
    def lexica_key(self) -> str:
        """Hash of the lists and of the way they are used."""
        from ocr.forms.read import DECIDE_VERSION

        return work_key(DECIDE_VERSION, lists_hash(self.lists))

    @cached_property
    def calibration(self) -> Mapping[str, Confidence]:
        """Form id -> the threshold measured on this workspace's own pages."""
        return load_calibration(self.place.folder)

    def threshold_key(self, form: str | None, page: str) -> str:
        """Threshold part of work keys for a page: a new measurement maps its pages again without reading."""
        given = threshold(self.forms.get(form or "") or self.registers.find(form), self.calibration)
        return f"{given} {self.thresholds.key(form or '', page)}".rstrip()

    def threshold_of(self, form: str | None, zone: str, page: str) -> float:
        """Confidence from which a zone's value may pass without review; form: or register of that page."""
        given = threshold(self.forms.get(form or "") or self.registers.find(form), self.calibration)
        return self.thresholds.accept(form or "", zone, page, given)

    @cached_property
    def blind_from(self) -> float:
        """Confidence from which values are asked blind until they pass.

        Where a person began to measure, all that may pass at all; else only where the proof begins, so that few keys
        are spent on it.
        """
        return LADDER[-1] if self.thresholds.asks_whole else self.place.options.calibrate.terms.start

    def is_measured(self, form: str | None, zone: str) -> bool:
        """Whether this workspace's own answers opened a threshold for a zone of a form."""
        return self.thresholds.is_open(form or "", zone)

    @cached_property
    def capture(self) -> CaptureChoice:
        """Captured fields of a form."""
        return capture_choice(self.place.options, self.state)

    @cached_property
    def map_key(self) -> str:
        """Hash of the inputs of mapping besides reading, threshold, mapping file and decisions."""
        from mappers.mapping.load import MAP_VERSION

        districts = plain_hash([dict(self.district_of), self.district_of.book.times])
        own = plain_hash(self.capture.plain())
        return work_key(MAP_VERSION, self.state.model_dump_json(), lists_hash(self.lists), districts, own)

    @cached_property
    def check_settings(self) -> CheckSettings:
        """The day, the stations and the severity policy."""
        from mappers.codes.beats import read_beats
        from validators.checking.settings import first_and_last, make_settings

        own = self.place.folder / "lists" / "stations.csv"
        stations = [(self.state.code, s.district, s.name) for s in load_stations(self.state.code, own)]
        options = self.place.options
        beats = self.place.folder / "lists" / "beats.csv"
        file = self.place.folder / "policy" / f"{options.check.policy}.toml"
        return make_settings(
            self.today,
            stations=stations,
            policy=str(file) if file.is_file() else options.check.policy,
            overrides=options.severity,
            profile=self.capture.profile,
            moved=self.capture.moved,
            state=self.state.code,
            years=first_and_last(options.check.years),
            beats=read_beats(self.state.code, beats) if beats.is_file() else (),
        )

    @cached_property
    def parts(self) -> frozenset[str]:
        """Metadata of mappings whose rows are parts of records of another table."""
        return frozenset(m.by for m in self.mappings.values() if m.part)

    @cached_property
    def check_key(self) -> str:
        """Hash of the inputs of checking besides the records."""
        from validators.checking.version import CHECK_VERSION

        # Rows of a part are judged otherwise.
        return work_key(CHECK_VERSION, self.check_settings.key(), *sorted(self.parts))

    def mapping_for_family(self, family: str) -> FormMapping:
        """Mapping of a printed form. Raises MappingError if there is none."""
        return find_mapping(self.mappings, family=family, state=self.state.code)

    def mapping_for_table(self, table: LegacyTable) -> tuple[FormMapping, LegacyTable]:
        """Mapping of a legacy table with column encodings resolved, and the table, not read yet.

        Raises MappingError if there is none, EncodingUnclear if a person must choose a column's encoding.
        """
        mapping = find_mapping(self.mappings, columns=table.columns, state=self.state.code)
        return settle_mapping(mapping, table, self.encodings, self.state.encodings)

    def context(self, record_id: str, batch: str, metadata: object) -> MapContext:
        """Mapping context of a page group or table. metadata: its scan or table, with station, district, year."""
        year = getattr(metadata, "year", "")
        language = getattr(metadata, "language", "")
        return MapContext(
            record_id=record_id,
            batch=batch,
            state=self.state,
            language=language,
            book_year=int(year) if year else None,
            station=getattr(metadata, "station", ""),
            district=getattr(metadata, "district", ""),
            lists=self.lists,
            district_of=self.district_of,
        )

    def networks_in(self, form: str | None) -> frozenset[str]:
        """Trainable handwriting networks that may read a form's pages."""
        from ocr.forms.networks import networks_in

        known = self.forms.get(form or "")
        return networks_in(known) if known is not None else frozenset()

    def require_engine(self) -> None:
        """Raise EngineMissing if the engine is not installed, MachineLacks if the office's own weights are gone.

        Checked before the first page, not on every page.
        """
        from ocr.forms.read import require_engine

        for _, path in self.weights:
            require_whole(path)
        require_engine(self.read_settings(""))


def build_run_context(place: Place, ledger: Ledger, cluster: Cluster | None = None) -> RunContext:
    """Load the context of a run. cluster: None for this machine.

    Raises MappingError or FormError for an invalid profile, list, mapping or form file: before the first page.
    """
    state = load_state(place.options.workspace.state)
    encodings = load_encodings((place.folder / "encodings",))
    files = list(find_systems([place.folder / "mappings"]))
    folders = dict.fromkeys([place.folder / "mappings", *(f.parent for f in files)])
    taken_in = [date.fromisoformat(b.taken_in) for b in Catalogue(ledger).batches()]
    return RunContext(
        place=place,
        state=state,
        lists=place_lists(state.code, *place.own_lists),
        encodings=encodings,
        mappings=load_mappings(folders, encodings),
        systems=tuple(map(load_system, files)),
        today=max(taken_in, default=today_in_india()),
        owner=process_name(),
        thresholds=thresholds_in(ledger),
        weights=used_weights(ledger, place),
        books=LearnedBooks(ledger),
        cluster=cluster,
    )


def lists_hash(lists: Mapping[str, CodeList]) -> str:
    """Hash of the content of these lists, including spellings."""

    def plain(codes: CodeList) -> list[object]:
        ways, implied = ({k: list(v) for k, v in some.items()} for some in (codes.spellings, codes.implies))
        return [codes.values, ways, implied, codes.complete]

    return plain_hash({name: plain(codes) for name, codes in lists.items()})
