"""An invented office and its partners: cases in a target, keys, and what a court's side answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from digitize.exchange.answer import Held, apply_package, write_reply
from digitize.exchange.books import ExchangeBook
from digitize.exchange.export import ExportedPackage, Sender, export_package
from digitize.exchange.layout import layout_of
from digitize.exchange.manifest import AnsweredPackage
from digitize.exchange.package import OpenedPackage, open_package
from digitize.exchange.stored import each_record
from digitize.machine.signing import create_key
from digitize.offices.keys import Key, add_key
from digitize.targets.base import Load, Target
from mappers.record import FieldValue, Record

SITE, TODAY = "wb-sample", date(2026, 3, 2)
STATION = {"state": "wb", "district": "Howrah", "police_station": "Kalpanapur"}
FIRST_NAMES = ("Mohan", "Rahim", "Savitri", "मोहन", "রহিম", "Harpreet", "Lakshmi", "Anil")
LAST_NAMES = ("Das", "Sheikh", "Mondal", "शर्मा", "দাস", "Singh", "Devi", "Rao")


def fir_of(number: int, year: int = 2012) -> dict[str, str]:
    """The key of an FIR of the one station."""
    return {**STATION, "year": str(year), "fir_no": str(number)}


def made(record: str, form: str, cells: Mapping[str, str], **children: Sequence[Mapping[str, str]]) -> Record:
    """A record of sure values."""

    def row(of: Mapping[str, str]) -> dict[str, FieldValue]:
        return {n: FieldValue(v, v) for n, v in of.items()}

    return Record(record, form, row(cells), {c: tuple(map(row, rows)) for c, rows in children.items()})


def name_of(number: int) -> str:
    """An invented name."""
    return f"{FIRST_NAMES[number % 8]} {LAST_NAMES[number // 8 % 8]}"


def case(number: int, year: int = 2012) -> list[Record]:
    """FIR, arrest, seizure and charge-sheet of one case."""
    key = fir_of(number, year)
    accused, tag = {"role": "accused", "name": name_of(number), "age": "34"}, f"{year}-{number}"
    acts = [{"act": "IPC", "section": "379"}]
    return [
        made(
            f"f-{tag}", "iif1", {**key, "fir_date": f"{year}-03-04", "place": "Bara Bazar"},
            persons=[accused, {"role": "complainant", "name": name_of(number + 3)}], acts=acts,
        ),
        made(
            f"a-{tag}", "iif3", {**key, "accused_code": "A1", "arrest_date": f"{year}-03-09"},
            persons=[accused], acts=acts,
        ),
        made(
            f"s-{tag}", "iif4", {**key, "memo_no": "1", "seizure_date": f"{year}-03-05"},
            property=[{"description": "knife", "serial_no": "1", "malkhana_no": f"M-{number}"}],
        ),
        made(
            f"c-{tag}", "iif5", {**key, "report_no": "41", "report_date": f"{year}-05-06"},
            persons=[{**accused, "accused_code": "A1"}], acts=acts,
        ),
    ]  # fmt: skip


def load(target: Target, batch: str, records: Iterable[Record]) -> str:
    """Load records as the whole of a batch; the id of the load."""
    held = list(records)
    name = hashlib.sha256(repr((batch, [(r.id, r.fields, r.children) for r in held])).encode()).hexdigest()[:32]
    target.load(Load(name, batch, held, [], 0))
    return name


@dataclass
class ExchangeWorld:
    """An office with a target, and one key a partner. sent: how many replies each has written, and the last of them."""

    target: Target
    folder: Path
    book: ExchangeBook = field(init=False)
    publics: dict[str, str] = field(default_factory=dict)
    replies: dict[str, tuple[int, str]] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the keys, unless another world of this folder has."""
        self.book = ExchangeBook(self.target)
        for who in (SITE, "e-courts", "e-prison", "e-prosecution", "e-forensics"):
            key = self.key(who)
            self.publics[who] = key.with_suffix(".pub").read_text().strip() if key.exists() else create_key(key)
            if who != SITE and self.publics[who] not in self.book.load_trusted_keys():
                add_key(self.book, who, self.publics[who])

    def key(self, who: str) -> Path:
        """Whose private key."""
        return self.folder / f"{who.replace(':', '-')}.pem"

    def export(self, to: str, *, full: bool = False) -> ExportedPackage:
        """The office's next package."""
        return export_package(self.book, to, Sender(SITE, self.key(SITE)), self.folder / "out", TODAY, full=full)

    def open(self, path: str | Path) -> OpenedPackage:
        """A package of the office, as its receiver opens it."""
        return open_package(Path(path), {self.publics[SITE]: Key(SITE, self.publics[SITE], "", "", "")}, TODAY)

    def deliver(self, to: str, *, full: bool = False) -> OpenedPackage | None:
        """Export, and let the receiver take it in; None where nothing changed."""
        done = self.export(to, full=full)
        if done.word == "nothing":
            return None
        package = self.open(done.file)
        apply_package(self.held.setdefault(to, {}), package)
        return package

    def store(self, to: str) -> Held:
        """What the receiver should hold: the store itself."""
        forward = layout_of(to).forward
        lines = (x for kind, sent in forward.items() for some in each_record(self.book, kind, sent) for x in some)
        return {(line["kind"], line["id"]): line for line in lines}

    def reply(
        self, sender: str, lines: Iterable[Mapping[str, Any]], *, base: str = "delta",
        answers: AnsweredPackage | None = None, name: str = "",
    ) -> Path:  # fmt: skip
        """The partner's next reply as a file."""
        sequence, previous = self.replies.get(sender, (0, ""))
        out = self.folder / (name or f"{sender.replace(':', '-')}-{sequence + 1}.zip")
        write_reply(
            out, self.key(sender), sender, SITE, sequence + 1, previous, TODAY, lines, base=base, answers=answers
        )
        inside = {self.publics[sender]: Key(sender, self.publics[sender], "", "", "")}
        self.replies[sender] = (sequence + 1, open_package(out, inside, TODAY).signed.sha256)
        return out


def put(kind: str, name: str, said: Mapping[str, str], **keys: Any) -> dict[str, Any]:
    """One statement."""
    return {"op": "put", "kind": kind, "id": name, "said": dict(said), **keys}


def cnr_of(number: int) -> str:
    """A CNR of an invented court."""
    return f"WBHW01{number:06d}2013"


def court_answers(held: Held) -> list[dict[str, Any]]:
    """What a court's side states of every FIR that it holds: its CNR, and every second one disposed of."""
    lines = []
    for (kind, name), line in sorted(held.items()):
        if kind != "fir":
            continue
        number = int(line["fir"]["fir_no"])
        said = {"cnr": cnr_of(number), "court": "CJM Howrah", "filed_on": "2013-01-07"}
        lines.append(put("case", f"case-{name}", said, fir=line["fir"]))
        if number % 2:
            done = {"result": "convicted", "disposed_on": "2014-02-03", "accused_code": "A1", "name": name_of(number)}
            lines.append(put("disposal", f"disposal-{name}", done, cnr=cnr_of(number)))
    return lines
