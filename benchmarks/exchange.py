"""The exchange with other pillars: nothing lost on the way there and back, and tamperings refused.

python benchmarks/exchange.py [--json FILE] [--cases N] [--kills N] [--quick]

Cases are invented and loaded into a SQLite file; a court's side takes the packages in and answers. Each tampering is
offered to the same store, whose books must be the same afterwards; last of all the good reply must be taken. `lost`
counts lines that differ between store and receiver, and statements that are not as they were sent. `kills` are exports
and imports killed with SIGKILL at any moment and begun again; `kills_lost`, those that did not end as one alone.
`export_mb` is the most memory of an export of all cases, `export_mb_8x` of eight times as many.
--quick makes few cases and fewer of the tamperings that are alike, and kills none. Nobody else's program is compared:
none for such packages is public.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts.exchange.bench import Bench  # noqa: E402
from benchmarks.parts.exchange.kills import export_memory, kills  # noqa: E402  # the checkout first, wherever it is run from
from benchmarks.parts.exchange.tamper import tamperings  # noqa: E402
from digitize.exchange.manifest import AnsweredPackage  # noqa: E402
from digitize.exchange.receive import take_package  # noqa: E402
from digitize.exchange.refusal import PackageRefused  # noqa: E402
from digitize.exchange.statements import each_statement  # noqa: E402
from digitize.machine.sealing import seal, write_key  # noqa: E402
from digitize.targets.exchange_columns import EXCHANGE_TABLES  # noqa: E402
from digitize.targets.sqlite import SqliteTarget  # noqa: E402
from sample_data.makers.exchange import (  # noqa: E402
    SITE,
    TODAY,
    ExchangeWorld,
    case,
    court_answers,
    load,
)

TABLES = [t for t in EXCHANGE_TABLES if t != "exchange_keys"]


def round_trip(world: ExchangeWorld, cases: int, rng: random.Random) -> dict[str, Any]:
    """Export, change on both sides, answer, several times over. Returns what was lost, and how fast it went."""
    batches = {f"book-{n}": [r for i in range(n, cases, 10) for r in case(i + 1, 2013)] for n in range(10)}
    for name, records in batches.items():
        load(world.target, name, records)
    standing = Counter(batches.keys())
    said: dict[tuple[str, str], dict[str, Any]] = {}
    began, lost, lines = time.perf_counter(), 0, 0
    for step in range(4):
        if step:
            # Some books come again with fewer cases, one is taken back, one stands again.
            name = rng.choice(sorted(batches))
            load(world.target, name, rng.sample(batches[name], len(batches[name]) // 2))
            standing[name] += 1
            taken_back = rng.choice(sorted(n for n, loads in standing.items() if loads))
            standing[taken_back] -= 1
            world.target.undo(taken_back, "a trial")
        if (package := world.deliver("e-courts")) is None:
            continue
        lines += sum(f.lines for f in package.manifest.files)
        lost += _unlike(world.held["e-courts"], world.store("e-courts"))
        told = court_answers(world.held["e-courts"])
        last = AnsweredPackage(sequence=package.manifest.sequence, manifest=package.signed.sha256)
        take_package(world.book, SITE, world.reply("e-courts", told, answers=last), TODAY)
        said |= {(x["kind"], x["id"]): x["said"] for x in told}
    held = {(s.kind, s.statement): dict(s.said) for some in each_statement(world.book) for s in some}
    seconds = time.perf_counter() - began
    lost += _unlike(said, held)
    return {"lost": lost, "lines_out": lines, "statements": len(held), "seconds": round(seconds, 2)}


def _unlike(one: dict[Any, Any], other: dict[Any, Any]) -> int:
    return sum(one.get(k) != other.get(k) for k in one.keys() | other.keys())


def refusals(world: ExchangeWorld, folder: Path, few: int) -> dict[str, Any]:
    """Every tampering with the next reply, and the control: the reply itself."""
    earlier = world.folder / "e-courts-1.zip"
    sequence, previous = world.replies["e-courts"]
    good = world.reply("e-courts", court_answers(world.held["e-courts"]))
    accepted, codes, before = [], Counter[str](), _books(world)
    offered = [*tamperings(Bench(world, good, folder, few)), ("an earlier one again", earlier.with_name("forked.zip"))]
    # Another package of a number that was taken, and one that skips a number.
    world.replies["e-courts"] = (sequence - 1, "0" * 64) if sequence > 1 else (0, "")
    world.reply("e-courts", court_answers(world.held["e-courts"])[:1], name="forked.zip")
    world.replies["e-courts"] = (sequence + 1, "0" * 64)
    offered.append(("one too early", world.reply("e-courts", [], name="early.zip")))
    offered += _sealed(good, folder, few)
    for name, path in offered:
        try:
            secret = folder / "secret" if path.name.endswith(".age") else None
            take_package(world.book, SITE, path, TODAY, secret=secret)
            accepted.append(name)
        except PackageRefused as e:
            codes[e.code] += 1
        except Exception as e:
            codes["decrypt" if path.name.endswith(".age") else f"fault {type(e).__name__}"] += 1
    control = take_package(world.book, SITE, good, TODAY).word if before == _books(world) else "the books were changed"
    return {
        "tamperings": len(offered), "refused": len(offered) - len(accepted), "accepted": accepted,
        "faults": sum(n for c, n in codes.items() if c.startswith("fault")), "control": control,
        "codes": dict(sorted(codes.items())),
    }  # fmt: skip


def _sealed(good: Path, folder: Path, few: int) -> list[tuple[str, Path]]:
    """The reply encrypted, then spoiled."""
    public = write_key(folder / "secret")
    data = seal(good, folder / "good.zip.age", [public]).read_bytes()
    made = []
    for n in range(0, 12, few):
        at = (2 * n + 1) * len(data) // 24
        for what, bad in (("flipped", data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]), ("cut", data[:at])):
            path = folder / f"sealed-{what}-{n}.zip.age"
            path.write_bytes(bad)
            made.append((f"sealed {what} {n}", path))
    return made


def _books(world: ExchangeWorld) -> dict[str, list[tuple[Any, ...]]]:
    return {t: sorted(world.target.run(f"SELECT * FROM {t}"), key=repr) for t in TABLES}


def measure(cases: int, few: int) -> dict[str, Any]:
    """Both, in a store of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = ExchangeWorld(SqliteTarget(folder / "cctns.sqlite"), folder)
        (bad := folder / "bad").mkdir()
        trip = round_trip(world, cases, random.Random(31))
        try:
            return {"cases": cases, **trip, **refusals(world, bad, few)}
        finally:
            world.target.close()


def main() -> int:
    """Measure, print, and say by the exit code whether all is as it must be."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--json", type=Path)
    words.add_argument("--cases", type=int, default=2000)
    words.add_argument("--kills", type=int, default=20)
    words.add_argument("--quick", action="store_true")
    asked = words.parse_args()
    found = measure(40, 6) if asked.quick else measure(asked.cases, 1)
    if not asked.quick:
        with tempfile.TemporaryDirectory() as name:
            found |= kills(ROOT, Path(name), min(asked.cases, 300), asked.kills)
            found |= export_memory(ROOT, Path(name), asked.cases)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    is_good = (
        not (found["lost"] or found["accepted"] or found["faults"] or found.get("kills_lost"))
        and found["control"] == "taken"
    )
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
