"""What goes to Lucene and comes back: rows, questions and answers as lines of text, for benchmarks/search_lucene.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from benchmarks.parts.search.stores import KeptStores, persons_only
from digitize.search.sqlite_store import SqliteSearch
from digitize.search.store_queries import FoundRow, RowFilter, Term
from digitize.targets.search_making import search_rows
from digitize.targets.search_names import hex_texts
from mappers.names.romanise import romanise, romanise_all
from sample_data.makers.search_people import Question, World

_PROGRAM = Path(__file__).parents[2] / "peers" / "lucene" / "LucenePersons.java"
_JARS = ("lucene9", "icu4j", "commons-codec")
# What the product's ranking reads of a row, behind its record and line; parted by _PART within their column.
_KEPT = ("station", "year", "day", "born_from", "born_to", "lang", "said", "relative")
_PART = "\x01"
_COLUMNS = (
    "record_id", "line", "police_station", "of_year", "name", "name_roman", "relative_name", "kin_roman", "kept",
    "tokens",
)  # fmt: skip
# Debian's jar lacks the classes for the newer way of mapping files, so that it maps them the older way.
_SEGMENTS = "-Dorg.apache.lucene.store.MMapDirectory.enableMemorySegments=false"
_LEAST_JAVA = 21
_HELD_BY = {"fuzzy": "romaniser", "icu": "phonetic"}
"""Variants whose fields stand in the index of another, which is asked for them too."""


class LuceneAnswer(NamedTuple):
    """One answer. ids: RECORD/LINE, the best first."""

    ms: float
    cpu_ms: float
    ids: tuple[str, ...]


def person_lines(firs: pl.DataFrame, persons: pl.DataFrame) -> pl.Series:
    """The persons of a batch as one text each: record, line, station, year, name and relative as written and
    romanised, what the product's ranking reads, and the product's keys as hexadecimal words; parted by tabs.

    firs, persons: rows of iif1 and iif1_persons.
    """
    made = search_rows("iif1", {"iif1": firs, "iif1_persons": persons}).all_rows().filter(pl.col("kind") == "p")
    keys = made.select(
        "record_id", "line", _joined(_KEPT, _PART).alias("kept"), pl.Series("tokens", hex_texts(made["tokens"]))
    )
    of = firs.select("record_id", "police_station", pl.col("year").alias("of_year"))
    whole = persons.with_columns(pl.col("line").cast(pl.Int64)).join(of, on="record_id", maintain_order="left")
    whole = whole.join(keys, on=["record_id", "line"], maintain_order="left")
    kin = pl.Series("kin_roman", romanise_all(whole["relative_name"].to_list()), dtype=pl.String)
    return whole.with_columns(kin).select(_joined(_COLUMNS, "\t").alias("text"))["text"]


def _joined(names: Sequence[str], separator: str) -> pl.Expr:
    return pl.concat_str(*(pl.col(n).cast(pl.String).fill_null("") for n in names), separator=separator)


def write_rows(world: World, size: int, file: Path) -> None:
    """All persons of a world, a line each."""
    before = file.with_suffix(".part")
    with before.open("w", encoding="utf-8") as out:
        for firs, persons in persons_only(world, size):
            out.write("\n".join(person_lines(firs, persons)) + "\n")
    before.rename(file)


def question_line(q: Question) -> str:
    """A question: name and relative, each as typed and romanised by the product, station and year; parted by tabs."""
    return "\t".join((q.text, romanise(q.text), q.relative, romanise(q.relative), q.station, q.year))


def read_answers(text: str) -> list[LuceneAnswer]:
    """Answers, a line each: nanoseconds by the clock and of the processor, ids parted by commas."""
    parts = [line.split("\t") for line in text.splitlines()]
    return [LuceneAnswer(int(ns) / 1e6, int(cpu) / 1e6, tuple(ids.split(","))) for ns, cpu, ids in parts]


def indexed(kept: KeptStores, world: World, size: int, variant: str, lucene: Lucene) -> Path:
    """The index in which the fields of a variant stand, made where it is not there."""
    variant = _HELD_BY.get(variant, variant)
    rows, folder = kept.folder / "rows.tsv", kept.folder / f"{variant}{lucene.suffix}"
    name = f"index {folder.name}"
    if name not in kept.state:
        if not rows.is_file():
            write_rows(world, size, rows)
        shutil.rmtree(folder, ignore_errors=True)
        count, ns, cpu, size_bytes = (int(n) for n in lucene.run("index", variant, str(rows), str(folder)).split("\t"))
        told = {"persons": count, "bytes_a_person": round(size_bytes / count)}
        told |= {"us_a_person": round(ns / count / 1000), "cpu_us_a_person": round(cpu / count / 1000)}
        kept.note(**{name: told})
        print(name, told, flush=True)
    return folder


class Lucene:
    """Java and the jars."""

    def __init__(self, java: str, jars: str, settings: Sequence[str]) -> None:
        """jars: a class path. settings: NAME=VALUE, see LucenePersons.java."""
        self._made = tempfile.TemporaryDirectory(prefix="lucene-classes-")
        made = self._made.name
        subprocess.run([f"{java}c", "-nowarn", "-cp", jars, "-d", made, str(_PROGRAM)], check=True)
        # One thread works; the compiler's and the collector's own are none of a question's.
        path = f"{made}:{_PROGRAM.parent}:{jars}"
        self._command = [java, "-Xmx2g", "-XX:+UseSerialGC", _SEGMENTS, "-cp", path, _PROGRAM.stem]
        self._settings = list(settings)
        # Settings of the texts themselves make another index.
        self.suffix = "".join(f"-{s}" for s in settings if s.startswith(("code", "schwa")))

    @classmethod
    def found(cls, settings: Sequence[str] = ()) -> Lucene | str:
        """What is installed, or a sentence that says what is missing."""
        home = os.environ.get("JAVA_HOME")
        java = str(Path(home) / "bin" / "java") if home else os.path.realpath(shutil.which("java") or "")
        if not java or not Path(f"{java}c").is_file():
            return "Java and its compiler are not installed."
        done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
        version = done.stderr.partition('"')[2].partition(".")[0].partition('"')[0]
        if not version.isdigit() or int(version) < _LEAST_JAVA:
            return f"Java {_LEAST_JAVA} is needed, {java} is {version or 'unknown'}; JAVA_HOME names another."
        jars = os.environ.get("LUCENE_JARS") or ":".join(f"/usr/share/java/{name}.jar" for name in _JARS)
        missing = [jar for jar in jars.split(":") if not Path(jar).is_file()]
        if missing:
            return f"{', '.join(missing)}: not there (Debian: liblucene9-java)."
        return cls(java, jars, settings)

    def run(self, *more: str) -> str:
        """What the program prints. Raises CalledProcessError."""
        return subprocess.run(
            [*self._command, *more, *self._settings], stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()

    def ask(self, variant: str, index: Path, warming: Sequence[str], questions: Sequence[str]) -> list[LuceneAnswer]:
        """Answers to questions, after those that warm it up; see `question_line`."""
        with tempfile.TemporaryDirectory() as name:
            files = [Path(name) / kind for kind in ("warming", "questions", "answers")]
            for file, lines in zip(files, (warming, questions), strict=False):
                file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            self.run("ask", variant, str(index), *map(str, files))
            return read_answers(files[-1].read_text(encoding="utf-8"))

    def serve(self, index: Path) -> subprocess.Popen[str]:
        """The program that looks up keys until its input ends."""
        return subprocess.Popen(
            [*self._command, "keys", str(index), *self._settings],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip


def terms_line(terms: Sequence[Term], most: int) -> str:
    """Terms as the program takes them: sets of one by &, terms by |, keys by commas."""
    sets = ["&".join(",".join(f"{t & 0xFFFFFFFF:x}" for t in sorted(tokens)) for tokens in term) for term in terms]
    return f"{most}\t{'|'.join(sets)}\n"


def found_row(line: str) -> FoundRow:
    """A row as the program gives it back."""
    record, number, station, year, day, born_from, born_to, lang, said, relative = line.split("\t")
    return FoundRow(
        "p", record, int(number), "iif1", station, int(year), day, int(born_from), int(born_to), lang, said, relative
    )


class LuceneRows(SqliteSearch):
    """A store whose rows come from Lucene where it is given; how long look-ups of rows took, for each question."""

    def __init__(self, target: Any, server: subprocess.Popen[str] | None) -> None:
        """server: see `Lucene.serve`."""
        super().__init__(target)
        self._server = server
        self.spent: list[float] = []
        self.worked: list[float] = []
        self.theirs: list[float] = []
        self._now: list[tuple[float, float]] = []

    def begin(self) -> None:
        """A question begins."""
        self._now, self.theirs = [], []

    def end(self) -> None:
        """A question ends: its look-ups are added up, in milliseconds."""
        self.spent.append(sum(ms for ms, _ in self._now))
        self.worked.append(sum(cpu for _, cpu in self._now))

    def rows(self, terms: Sequence[Term], wanted: RowFilter, most: int) -> list[FoundRow]:
        """See `digitize.search.store_queries.SearchStore`."""
        began, worked, theirs = time.perf_counter(), time.process_time(), 0.0
        if self._server is None:
            found = super().rows(terms, wanted, most)
        else:
            lines, theirs = self._asked(self._server, terms_line(terms, most))
            low, high = wanted.years
            rows = map(found_row, lines)
            found = [r for r in rows if (not low or r.year >= low) and (not high or r.year <= high)]
            self.theirs.append(theirs)
        own = 1000 * (time.process_time() - worked)
        self._now.append((1000 * (time.perf_counter() - began), own + theirs))
        return found

    def _asked(self, server: subprocess.Popen[str], line: str) -> tuple[list[str], float]:
        """Rows as lines, and the milliseconds of the other side's processor."""
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(line)
        server.stdin.flush()
        count, _, cpu = server.stdout.readline().split("\t")
        return [server.stdout.readline().rstrip("\n") for _ in range(int(count))], int(cpu) / 1e6

    def close(self) -> None:
        """End the program."""
        if self._server is not None and self._server.stdin is not None:
            self._server.stdin.close()
            self._server.wait()
