"""Draft a whole system: the links between its tables, and a mapping for each table that gives records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from digitize.errors import InputError
from digitize.files.systems.apply import table_files
from digitize.files.systems.draft_report import SystemDrafted
from digitize.files.systems.part_lines import fit_codes, fit_part, is_of_rows
from mappers.draft import MappingDraft, draft_table, write_draft
from mappers.errors import TableError
from mappers.legacy import LegacyRow, LegacyTable, ReadAs, open_tables
from mappers.mapping.column_encodings import WantedEncoding, settle, take_sample
from mappers.systems.keys import key_of, table_key
from mappers.systems.lookup_index import ALL_TRIED, LookupIndex
from mappers.systems.lookup_ties import Guessed, LookupGuess, find_lookups
from mappers.systems.names import meanings, why_left
from mappers.systems.profile import TableProfile, profile
from mappers.systems.ties import SURE, TieGuess, declared_tie, describe_doubts, find_ties, said_by_both, tie_guesses
from mappers.systems.write import write_system

_MOST_CELLS = 6_000_000
_MOST_ROWS, _FEWEST_ROWS = 20_000, 50
# Of so many tables at most a draft is made to find the head, and to tell whether an untied one holds anything.
_LOOKED_AT = 40
_FIR = {
    "fir_no": 3.0, "fir_date": 2.0, "occurrence_from": 1.5, "narrative": 1.5, "police_station": 1.0, "year": 1.0,
    "place": 1.0, "gd_no": 0.7, "district": 0.5, "info_date": 0.5, "occurrence_time_from": 0.5, "fir_time": 0.5,
    "fir_reg_num": 2.0, "io_name": 0.5,
}  # fmt: skip
_FIR_LEAST = 3.0
# Further ones are asked about: what many thousand tables declare of the head is no system of a police station.
_MOST_PARTS = 200
_OF_KEY = frozenset({"fir_no", "year", "police_station", "district", "fir_reg_num"})
# From so many mapped columns on an untied table is worth a question.
_SOMETHING = 3
_OLD_KEY = "legacy_key"
_NOTHING = "nothing links it to a case, and its columns look unlike those of a case"


@dataclass(frozen=True)
class _InspectedTable:
    """An examined table. kept: its first rows; profile: of them."""

    table: LegacyTable
    kept: Sequence[LegacyRow]
    profile: TableProfile


def draft_system(path: Path, how: ReadAs, wanted: WantedEncoding, system_id: str, state: str = "") -> SystemDrafted:
    """Draft a system from a folder of tables or a file that holds them.

    Raises TableError, InputError if nothing resembles an FIR, or no tables are linked.
    """
    notes: list[str] = []
    seen = {s.table.name: s for s in _look(path, how, notes)}
    drafted = _Drafting(system_id, seen, wanted, state, notes).draft()
    g = drafted.guessed
    if not (g.ties or g.lookups or g.asked_ties or g.asked_lookups):
        raise InputError(f"{path.name} contains several tables, and nothing links them. Give one with --table:"
                         f" {', '.join(list(seen)[:20])}")  # fmt: skip
    return drafted


def _look(path: Path, how: ReadAs, notes: list[str]) -> Iterator[_InspectedTable]:
    cells = 0
    for file in table_files(path):
        try:
            for table in open_tables(file, how):
                # The more there is, the fewer rows of each: ten thousand tables must fit into memory, too.
                width = max(1, len(table.columns))
                most = max(_FEWEST_ROWS, min(_MOST_ROWS, (_MOST_CELLS - cells) // width // 4))
                rows = (r for r in table.rows if not r.deleted and not r.problem)
                kept = list(islice(rows, most + 1))
                cells += len(kept) * width
                found = profile(table.name, table.columns, (r.cells for r in kept), most)
                yield _InspectedTable(replace(table, rows=iter(())), kept[:most], found)
        except TableError as e:
            if path.is_file() or e.kind != "not-a-table":
                raise
            notes.append(str(e))


class _Drafting:
    def __init__(
        self, system_id: str, seen: Mapping[str, _InspectedTable], wanted: WantedEncoding, state: str, notes: list[str]
    ) -> None:
        self._id, self._seen, self._wanted, self._state, self._notes = system_id, seen, wanted, state, notes
        self._facts: dict[str, frozenset[str]] = {}
        self._refers = {n: s.table.refers for n, s in seen.items()}
        self._junk = {n: why for n, s in seen.items() if (why := why_left(n, s.table.columns))}

    def draft(self) -> SystemDrafted:
        profiles = [s.profile for n, s in self._seen.items() if n not in self._junk and s.profile.rows]
        head, ranks = self._head(profiles)
        rivals = self._rivals(head.name)
        ties, asked = find_ties(head, [p for p in profiles if p.name not in rivals], self._refers)
        ties, asked = ties[:_MOST_PARTS], [*asked, *ties[_MOST_PARTS:]]
        self._notes += self._contradictions(head, ties)
        guessed = self._with_lookups(head, ties, profiles)
        coded = {g.table for g in guessed.lookups}
        guessed = replace(guessed, asked_ties=tuple(t for t in asked if t.table not in coded), heads=ranks)
        drafts = {n: self._member(n, guessed) for n in (head.name, *(t.table for t in ties))}
        guessed, drafts = _useful(guessed, drafts)
        return self._write_system(guessed, drafts)

    def _contradictions(self, head: TableProfile, ties: Sequence[TieGuess]) -> Iterator[str]:
        """Data that contradicts links declared in the file."""
        for tie in ties:
            if tie.is_declared:
                parents = [head] if tie.of == head.name else [head, self._seen[tie.of].profile]
                yield from filter(None, [describe_doubts(tie, self._seen[tie.table].profile, parents)])

    def _head(self, profiles: Sequence[TableProfile]) -> tuple[TableProfile, dict[str, float]]:
        """Table whose rows are FIRs: by its columns, and by how many others refer to its rows."""
        ranks: dict[str, float] = {}
        for one in sorted(profiles, key=lambda p: -min(len(p.columns), 12) - (p.rows > 3))[:_LOOKED_AT]:
            fir = self._fir_score(one)
            if fir >= _FIR_LEAST:
                others = [p for p in profiles if p is not one][: 5 * _LOOKED_AT]
                known = sum(declared_tie(p, {table_key(one.name): one}, self._refers[p.name]) is not None
                            or any(g.confidence >= SURE for g in tie_guesses(p, one)) for p in others)  # fmt: skip
                ranks[one.name] = round(fir + min(5, known), 1)
        if not ranks:
            names = ", ".join(list(self._seen)[:20])
            raise InputError(f"None of the tables looks like a table of FIRs. Give one with --table: {names}")
        ranked = dict(sorted(ranks.items(), key=lambda r: -r[1])[:3])
        return self._seen[next(iter(ranked))].profile, ranked

    def _rivals(self, head: str) -> frozenset[str]:
        """Tables with as many FIR fields as the head, besides the key: another year's, or a copy."""
        own = self._facts.get(head, frozenset())
        least = 0.7 * _weight(own)
        return frozenset(n for n, said in self._facts.items() if n != head and own and _weight(own & said) >= least)

    def _fir_score(self, one: TableProfile) -> float:
        draft = draft_table(self._plain(one.name), self._wanted, form="iif1", state=self._state)
        found = {line.target for line in draft.lines if line.kind in ("mapped", "asked") and line.confidence >= 0.45}
        self._facts[one.name] = frozenset(found) - _OF_KEY
        return _weight(found)

    def _plain(self, name: str) -> LegacyTable:
        seen = self._seen[name]
        return replace(seen.table, rows=iter(seen.kept[:2000]))

    def _with_lookups(self, head: TableProfile, ties: Sequence[TieGuess], profiles: Sequence[TableProfile]) -> Guessed:
        taken: dict[str, set[str]] = {}
        for tie in ties:
            taken.setdefault(tie.table, set()).update((*tie.row, *tie.key))
            taken.setdefault(tie.of, set()).update(tie.to if len(tie.to) == 1 else ())
        members = {n: self._seen[n].profile for n in (head.name, *(t.table for t in ties))}
        others = [p for p in profiles if p.name not in members]
        index = LookupIndex(others)
        sure, asked = find_lookups([*members.values()], others, taken, self._refers, index)
        known = {g.table: {g.key, g.value} for g in sure}
        further, more = find_lookups([p for p in others if p.name in known], others, known, self._refers, index)
        if index.cut:
            self._notes.append(f"There are too many tables: only the {ALL_TRIED} likeliest by name were tried as "
                f"lookups of: {', '.join(sorted(index.cut)[:20])}. Check these columns.")  # fmt: skip
        to = next((t.to for t in ties if t.of == head.name), None)
        key = to or tuple(c.name for c in head.key_columns)[:1] or (head.columns[0].name,)
        return Guessed(head.name, key, tuple(ties), (*sure, *further), (), (*asked, *more))

    def _find_repeated_columns(self, name: str, tie: TieGuess) -> frozenset[str]:
        """Columns of a part that only repeat fields of its head."""
        return said_by_both(self._seen[name].profile, self._seen[tie.of].profile)

    def _member(self, name: str, guessed: Guessed) -> MappingDraft:
        """Draft of a head or part, with codes decoded, and without the linking keys."""
        table, keys = self._decode_table(name, guessed), self._keys(name, guessed)
        tie = next((t for t in guessed.ties if t.table == name), None)
        is_many = tie is not None and (tie.is_many or tie.of != guessed.head)
        is_rows = tie is not None and is_of_rows(name, is_many=is_many)
        draft = draft_table(table, self._wanted, form="iif1", state=self._state, is_of_rows=is_rows)
        lines = tuple(
            line for line in draft.lines
            if line.source not in keys and ("." not in line.source or line.kind == "mapped"
                                            or line.source in self._seen[name].table.columns)
        )  # fmt: skip
        unsure = frozenset(g.column for g in guessed.asked_lookups if g.of == name)
        coded = {g.column for g in guessed.lookups if g.of == name}
        seen = self._seen[name].profile
        seen = replace(seen, columns=tuple(c for c in seen.columns if c.name not in coded))
        draft = fit_codes(replace(draft, lines=lines), seen, unsure)
        return draft if tie is None else fit_part(draft, is_many=is_rows)

    def _keys(self, name: str, guessed: Guessed) -> dict[str, str]:
        """Columns of a table that only link it, with their meaning; parts of a natural key of the head mean more."""
        keys: dict[str, str] = {}
        for tie in guessed.ties:
            if tie.table == name:
                keys |= dict.fromkeys(sorted(self._find_repeated_columns(name, tie)), f"{tie.of} says the same")
                keys |= dict.fromkeys(tie.key, f"key of its row in {tie.of}")
                keys |= dict.fromkeys(tie.row, "key of the row")
            if tie.of == name and len(tie.to) == 1 and "number" not in meanings(tie.to[0]):
                keys |= dict.fromkeys(tie.to, "key of the row")
        return keys

    def _decode_table(self, name: str, guessed: Guessed) -> LegacyTable:
        """The table with its codes decoded, and with the further columns of their lookups."""
        seen = self._seen[name]
        own = [g for g in guessed.lookups if g.of == name]
        meant = {g.column: self._meaning(g, g.value, guessed) for g in own}
        added = [(g.column, c, self._meaning(g, c, guessed)) for g in own for c in g.also]
        places = {c: i for i, c in enumerate(seen.table.columns)}

        def row(kept: LegacyRow) -> LegacyRow:
            cells = list(kept.cells[: len(places)])
            more = [
                means.get(key_of([cells[places[c]]]), "") if places[c] < len(cells) else "" for c, _, means in added
            ]
            for column, means in meant.items():
                if places[column] < len(cells):
                    cells[places[column]] = means.get(key_of([cells[places[column]]]), "")
            return kept._replace(cells=(*cells, *[""] * (len(places) - len(cells)), *more))

        columns = (*seen.table.columns, *(f"{c}.{further}" for c, further, _ in added))
        return replace(seen.table, columns=columns, rows=map(row, seen.kept[:2000]))

    def _meaning(self, guess: LookupGuess, value: str, guessed: Guessed) -> Mapping[str, str]:
        """Code -> text of one lookup column; nested codes are decoded as well."""
        seen = self._seen[guess.table]
        columns = list(seen.table.columns)
        settled = settle(seen.table, take_sample(iter(seen.kept), len(columns)), self._wanted)
        at, to = columns.index(guess.key), columns.index(value)
        kinds = [(columns.index(c), key_of([text])) for c, text in guess.where]
        found = {key_of([r.cells[at]]): settled[to].decode(r.cells[to]).text for r in seen.kept
                 if max(at, to, *(k for k, _ in kinds)) < len(r.cells)
                 and all(key_of([r.cells[k]]) == text for k, text in kinds)}  # fmt: skip
        further = next((g for g in guessed.lookups if g.of == guess.table and g.column == value), None)
        if further is None:
            return found
        means = self._meaning(further, further.value, guessed)
        return {code: means.get(key_of([text]), "") for code, text in found.items()}

    def _write_system(self, guessed: Guessed, drafts: Mapping[str, MappingDraft]) -> SystemDrafted:
        states = (self._state,) if self._state else ()
        ids = {n: f"{self._id}_{table_key(n)}".replace("/", "_") for n in drafts}
        texts = {ids[n]: self._text(n, d, guessed, ids[n], states) for n, d in drafts.items()}
        used = {guessed.head, *(t.table for t in guessed.ties), *(g.table for g in guessed.lookups),
                *(t.table for t in guessed.asked_ties), *(g.table for g in guessed.asked_lookups)}  # fmt: skip
        left: dict[str, str] = {}
        unknown: list[str] = []
        for at, name in enumerate(n for n in self._seen if n not in used):
            if name in self._junk or at > _LOOKED_AT or not self._says(name):
                left[name] = self._junk.get(name, _NOTHING)
            else:
                unknown.append(name)
        text = write_system(guessed, self._id, ids, left, unknown)
        return SystemDrafted(self._id, text, guessed, texts, dict(drafts), left, unknown, self._notes)

    def _says(self, name: str) -> bool:
        """Whether an unlinked table has fields of a form."""
        if not self._seen[name].profile.rows:
            return False
        draft = draft_table(self._plain(name), self._wanted, state=self._state)
        return len(draft.of_kind("mapped")) >= _SOMETHING

    def _text(self, name: str, draft: MappingDraft, guessed: Guessed, mapping_id: str, states: tuple[str, ...]) -> str:
        keys = self._keys(name, guessed)
        # Rows of a part make no records of other forms.
        draft = draft if name == guessed.head else replace(draft, also=())
        text = write_draft(draft, mapping_id, states=states)
        if name != guessed.head:
            text = text.replace(f'\nform = "{draft.form}"\n', f'\nform = "{draft.form}"\npart = true\n', 1)
        filled = {f for line in draft.of_kind("mapped") if line.rule for f in line.rule.fields}
        for column, why in keys.items():
            if name == guessed.head and _OLD_KEY not in filled:
                # The key of the old program is kept with the record: by it a clerk finds the row again.
                filled.add(_OLD_KEY)
                text += f'[[map]]\nfrom = {_quote(column)}\nto = "{_OLD_KEY}"\nclean = "text"\nencoding = ""\n\n'
            else:
                text += f"[[ignore]]\nfrom = {_quote(column)}\nreason = {_quote(why)}\n\n"
        return text


def _useful(guessed: Guessed, drafts: Mapping[str, MappingDraft]) -> tuple[Guessed, dict[str, MappingDraft]]:
    """Parts without a single active line become questions: a log also refers to its case."""
    needed = {t.of for t in guessed.ties}
    idle = {t.table for t in guessed.ties if not drafts[t.table].of_kind("mapped") and t.table not in needed}
    ties = tuple(t for t in guessed.ties if t.table not in idle)
    asked = (*guessed.asked_ties, *(t for t in guessed.ties if t.table in idle))
    lookups = tuple(g for g in guessed.lookups if g.of not in idle)
    kept = {g.table for g in lookups}
    lookups = tuple(g for g in lookups if g.of in drafts or g.of in kept)
    return replace(guessed, ties=ties, asked_ties=asked, lookups=lookups), {
        n: d for n, d in drafts.items() if n not in idle
    }


def _weight(fields: Set[str]) -> float:
    """How strongly fields indicate an FIR."""
    return sum(weight for name, weight in _FIR.items() if name in fields)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
