"""Stores of a generated world that are kept in a folder, grow to a size, and are used again by benchmarks/search.py."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sample_data.makers.persons import Names
from sample_data.makers.search_people import LATIN, SCRIPTS, World, vehicle_mark, write

AT_ONCE = 40_000
_LATIN_WAYS = 8
_DATABASE = "search"
_RECORD = pl.concat_str(pl.lit("wb-"), pl.col("n").cast(pl.String).str.zfill(9), pl.lit("-r1"))
_SETTINGS = {"shared_buffers": "512MB", "autovacuum": "off", "work_mem": "32MB", "maintenance_work_mem": "256MB"}


class Spellings:
    """How each word of a world is written in each script; in Latin letters in eight ways."""

    def __init__(self, world: World) -> None:
        """Write them, some ten seconds for all."""
        die = random.Random(f"{world.seed} spellings")
        self.given, self.family = (self._all(names, die) for names in (world.given, world.family))
        self._world = world

    def _all(self, names: Names, die: random.Random) -> pl.Series:
        scripts = [*SCRIPTS[1:], *[LATIN] * _LATIN_WAYS]
        return pl.Series([write(w, script, die) for script in scripts for w in names.words], dtype=pl.String)

    def names(self, start: int, stop: int, *, father: bool) -> pl.Series:
        """Names of persons, or of their fathers, as they stand in the record."""
        given, middle, family, his = self._world.words[:, start:stop].astype(np.int64)
        script = self._world.script[np.arange(start, stop) // 2].astype(np.int64) - 1
        way = np.random.default_rng([self._world.seed, start, father]).integers(0, _LATIN_WAYS, len(given))
        # Latin stands behind the others, once for each way.
        block = np.where(script < 0, len(SCRIPTS) - 1 + way, script)
        words, families = len(self._world.given.words), len(self._world.family.words)
        first = self.given.gather(block * words + (his if father else given))
        last = self.family.gather(block * families + family)
        between = self.given.gather(block * words + np.maximum(middle, 0)) + " "
        if father:
            return first + " " + last
        return first + " " + between.zip_with(pl.Series(middle >= 0), pl.Series([""])) + last


def batches(world: World, start: int, stop: int) -> Iterator[Any]:
    """The persons from one to another as batches of rows, as the product loads them."""
    from digitize.targets.rows import FormRows, RowBatch, with_hash
    from digitize.targets.value_checks import REFUSED

    nothing = pl.DataFrame(schema=REFUSED)
    spelled, numbers = Spellings(world), _numbers_in_book(world)
    for at in range(start, stop, AT_ONCE):
        tables = _tables(world, spelled, numbers, at, min(at + AT_ONCE, stop))
        made = {**tables, "iif1": with_hash("iif1", tables)}
        yield RowBatch(f"{at:032x}", f"batch {at}", {"iif1": FormRows(made, nothing)})


def persons_only(world: World, persons: int) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """FIRs and persons of the same batches, and nothing else of them."""
    spelled, numbers = Spellings(world), _numbers_in_book(world)
    for at in range(0, persons, AT_ONCE):
        yield _firs_and_persons(world, spelled, numbers, at, min(at + AT_ONCE, persons))


def _numbers_in_book(world: World) -> Any:
    """The number of each FIR within its station and year."""
    book = world.station.astype(np.int64) * 100 + world.year - 1990
    order = np.argsort(book, kind="stable")
    in_order = book[order]
    first = np.searchsorted(in_order, in_order, "left")
    numbers = np.empty(len(book), np.int64)
    numbers[order] = np.arange(len(book)) - first + 1
    return numbers


def fir_number(world: World, fir: int) -> int:
    """The number of one FIR within its station and year."""
    same = (world.station[: fir + 1] == world.station[fir]) & (world.year[: fir + 1] == world.year[fir])
    return int(same.sum())


def _firs_and_persons(
    world: World, spelled: Spellings, numbers: Any, start: int, stop: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    from mappers.names.romanise import romanise_all

    firs, record = _firs(start, stop), _RECORD
    station = pl.Series(world.station_names).gather(world.station[firs].astype(np.int64))
    own = pl.DataFrame({"n": firs, "station": world.station[firs], "year": world.year[firs], "fir_no": numbers[firs]})
    iif1 = own.select(
        record_id=record, state=pl.lit("wb"),
        district=pl.concat_str(pl.lit("District "), (pl.col("station") % 20).cast(pl.String)),
        police_station=station, year=pl.col("year").cast(pl.String), fir_no=pl.col("fir_no").cast(pl.String),
        fir_date=pl.concat_str(pl.col("year").cast(pl.String), pl.lit("-06-15")),
    )  # fmt: skip
    people = np.arange(start, stop)
    names = spelled.names(start, stop, father=False)
    persons = pl.DataFrame({"n": people // 2, "line": (people % 2 + 1).astype(np.int32)}).select(
        record_id=record, line="line",
        role=pl.when(pl.col("line") == 2).then(pl.lit("accused")).otherwise(pl.lit("witness")),
        name=names, relative_name=spelled.names(start, stop, father=True), age=pl.lit("34"),
        # As loading does where a file brings none; the peers are given it too.
        name_roman=pl.Series(romanise_all(names.to_list()), dtype=pl.String),
    )  # fmt: skip
    return iif1, persons


def _firs(start: int, stop: int) -> NDArray[np.int64]:
    return np.arange(start // 2, (stop + 1) // 2)


def _tables(world: World, spelled: Spellings, numbers: Any, start: int, stop: int) -> dict[str, pl.DataFrame]:
    iif1, persons = _firs_and_persons(world, spelled, numbers, start, stop)
    firs, record = _firs(start, stop), _RECORD
    line = pl.lit(1, pl.Int32)
    acts = iif1.select("record_id", line=line, act=pl.lit("IPC"), section=pl.lit("379"))
    some = firs[firs % 4 == 0]
    marks = [vehicle_mark(int(n)) for n in some]
    kinds = ("registration_no", "chassis_no", "engine_no")
    vehicles = pl.DataFrame({"n": some, **{kind: [m[i] for m in marks] for i, kind in enumerate(kinds)}})
    vehicles = vehicles.select(record.alias("record_id"), line.alias("line"), *kinds)
    return {"iif1": iif1, "iif1_persons": persons, "iif1_acts": acts, "iif1_vehicles": vehicles}


class KeptStores:
    """What a folder holds: stores by name, how many persons each has, what was spent on them and what was measured."""

    def __init__(self, folder: Path) -> None:
        """folder: made when it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._file = folder, folder / "state.json"
        self.state: dict[str, Any] = json.loads(self._file.read_text()) if self._file.is_file() else {}

    def note(self, **more: Any) -> None:
        """Keep more of what is known."""
        # Two runs may fill two stores of one folder at once.
        self.state |= (json.loads(self._file.read_text()) if self._file.is_file() else {}) | more
        self._file.write_text(json.dumps(self.state, indent=1), encoding="utf-8")


def grow(kept: KeptStores, name: str, target: Any, world: World, persons: int) -> None:
    """Load into a store what it lacks of so many persons; begun again, it goes on behind the last batch."""
    held = dict(kept.state.get(name) or {"persons": 0, "load_s": 0.0, "load_cpu_s": 0.0})
    server = backend_of(target)
    made = batches(world, held["persons"], persons)
    while held["persons"] < persons:
        batch = next(made)
        # What the world takes to be drawn is none of the load's.
        began, worked = time.monotonic(), worked_of(server)
        target.take(batch)
        held["persons"] = min(held["persons"] + AT_ONCE, persons)
        held["load_s"] += time.monotonic() - began
        held["load_cpu_s"] += worked_of(server) - worked
        kept.note(**{name: held})
        if held["persons"] % 200_000 < AT_ONCE:
            per = {n: round(1e6 * held[n] / held["persons"]) for n in ("load_s", "load_cpu_s")}
            print(f"{name}: {held['persons']} persons; microseconds a person: {per}", flush=True)


def backend_of(target: Any) -> int:
    """The process that serves a target's connection, 0 where it is this one."""
    from digitize.targets.sqlite import SqliteTarget

    return 0 if isinstance(target, SqliteTarget) else int(target.run("SELECT pg_backend_pid()")[0][0])


def worked_of(server: int) -> float:
    """Processor seconds of this process, and of the server's behind a connection; what waits costs nothing."""
    theirs = int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1e9 if server else 0.0
    return time.process_time() + theirs


def kept_server(folder: Path) -> Any:
    """The PostgreSQL server of a folder, started; made when it is not there. None where none is installed."""
    import pg

    if pg.binaries() is None:
        return None
    found = next(iter(folder.glob("digitize-pg-*/data/PG_VERSION")), None)
    if found is None:
        folder.chmod(0o755)  # the server runs as somebody else where root asks for it
        server = pg.start_server(folder, _SETTINGS)
        server.run(f"CREATE DATABASE {_DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
        return server
    return pg.start_again(found.parent.parent, _SETTINGS)


def open_postgres(server: Any) -> Any:
    """Its target, with keys to search by."""
    from digitize.targets.open import open_target
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import init_target

    url = server.database_url(_DATABASE)
    init_target(parse_address(url), search=True)
    return open_target(url)
