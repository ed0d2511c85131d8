"""The steps that a random sequence is made of: each gives one command or two and tells the model what it means."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing

from openpyxl import load_workbook

from benchmarks.parts.laws import checks
from benchmarks.parts.laws.model import NO_DAY, Table
from benchmarks.parts.laws.run import Fault
from benchmarks.parts.laws.world import World, Wrong, altered, new_rows

Step = Callable[[World, random.Random, Fault], None]
STEPS: dict[str, tuple[int, Step]] = {}
_WHY = ("--reason", "agreed with the office", "--operator", "Namuna")


def step(weight: int) -> Callable[[Step], Step]:
    """Enter a step under its name. weight: how often it is drawn."""

    def enter(function: Step) -> Step:
        STEPS[function.__name__] = (weight, function)
        return function

    return enter


@step(4)
def intake_new(w: World, die: random.Random, fault: Fault) -> None:
    """A table of a name that none had."""
    name = next(
        (n for n in ("firs", "book", "list") if f"{n}.csv" not in {t.name for t in w.model.tables.values()}), ""
    )
    if name:
        _deliver(w, Table(f"{name}.csv", new_rows(die, die.randint(1, 6))), "", fault)


@step(6)
def intake_again(w: World, die: random.Random, fault: Fault) -> None:
    """A newer table of a name that is there."""
    if not (there := w.model.counting()):
        return
    old = w.model.tables[die.choice(there)]
    _deliver(
        w, Table(old.name, altered(die, old.rows)), die.choice(("", "--replaces", "--replaces", "--beside")), fault, die
    )


@step(3)
def intake_same(w: World, die: random.Random, fault: Fault) -> None:
    """A table that was delivered before, perhaps with an answer."""
    if w.model.tables:
        table = w.model.tables[die.choice(list(w.model.tables))]
        _deliver(w, table, die.choice(("", "--replaces", "--beside")), fault, die)


def _deliver(w: World, table: Table, how: str, fault: Fault, die: random.Random | None = None) -> None:
    folder = w.folder.parent / "sent"
    folder.mkdir(exist_ok=True)
    file = folder / table.name
    file.write_bytes(table.data)
    before = table.sha in w.model.tables
    replaced = ""
    said: tuple[str, ...] = (how,) if how == "--beside" else ()
    if how == "--replaces" and die:
        others = [s for s in w.model.of_name(table.name) if s != table.sha and s not in w.model.purged]
        if not others:
            return
        replaced = die.choice(others)
        said = ("--replaces", w.units()[replaced])
    arguments = ("intake", str(w.folder), str(file), "--district", "Kalpana", *said, *(_WHY if said else ()), "--json")
    done = w.do(arguments, fault, (0, 4))
    if done.code:
        if not before and not said:
            raise Wrong(f"intake refused a table: {done.error[-500:]}")
        return
    if not before:
        w.model.tables[table.sha] = table
    if how == "--beside":
        w.model.replaces.pop(table.sha, None)
    if replaced:
        w.model.replaces[table.sha] = replaced


@step(5)
def run(w: World, die: random.Random, fault: Fault) -> None:
    """Run, all or some of its steps."""
    some = die.choice(("", "", "", "map", "map,check", "check", "load"))
    w.do(("run", str(w.folder), *(("--only", some) if some else ())), fault)
    if not some or "map" in some:
        w.model.carry()


@step(3)
def load(w: World, die: random.Random, fault: Fault) -> None:
    """Load: all, one batch, into another target, or nothing when too much is refused."""
    batches = [f"wb-test-b{n:04d}" for n in range(1, len(w.model.tables) + 1)]
    if not batches:
        return
    others = (("--target", "loaded/other.sqlite"), ("--max-rejects", "20%"), ("--dry-run",))
    more = die.choice(((), ("--batch", die.choice(batches)), *others))
    w.do(("load", str(w.folder), *more), fault, (0, 3))


@step(4)
def unload(w: World, die: random.Random, fault: Fault) -> None:
    """Take back the newest load of a batch."""
    if w.model.tables:
        batch = f"wb-test-b{die.randint(1, len(w.model.tables)):04d}"
        w.do(("unload", batch, "--workspace", str(w.folder), "--reason", "a trial"), fault, (0, 4, 5, 8))


@step(4)
def settle(w: World, die: random.Random, fault: Fault) -> None:
    """A date that cannot be is settled by one person."""
    if found := _open_days(w):
        record, row = die.choice(found)
        day = f"{die.randint(1, 28):02}/06/1998"
        w.do(("review", "settle", str(w.folder), record, "fir_date", "--value", day, "--operator", "Namuna"), fault)
        w.model.settled[row] = day


def _open_days(w: World) -> list[tuple[str, tuple[str, int]]]:
    """Records that are mapped, count, and whose date cannot be."""
    ask, end = w.asked("ledger")
    with closing(checks.Ending(end)):
        names, there = checks.names_of(ask, w.model), {r[0] for r in ask("SELECT record FROM records")}
    rows = w.model.standing()
    return [
        (name, row)
        for name, row in sorted(names.items())
        if name in there and row in rows and row[0] not in w.model.purged and row[0] not in w.model.originals_gone
        and w.model.tables[row[0]].rows[row[1] - 1].date == NO_DAY
    ]  # fmt: skip


@step(2)
def sheet(w: World, die: random.Random, fault: Fault) -> None:
    """The review sheet goes out, is filled in, and comes back."""
    w.number += 1
    file = w.folder.parent / f"review{w.number}.xlsx"
    w.do(("review", "export", str(w.folder), "--out", str(file), "--all"))
    book = load_workbook(file)
    page = book["review"]
    head = [str(c.value) for c in page[1]]
    at = {name: head.index(name) + 1 for name in ("right value", "path", "record")}
    names = {name: row for name, row in _open_days(w) if row not in w.model.settled}
    given = {}
    for n in range(2, page.max_row + 1):
        record, path = (str(page.cell(n, at[c]).value) for c in ("record", "path"))
        if path == "fir_date" and record in names and die.random() < 0.7:
            given[names[record]] = f"{die.randint(1, 28):02}/07/1998"
            page.cell(n, at["right value"]).value = given[names[record]]
    book.save(file)
    if given:
        w.do(("review", "import", str(w.folder), str(file), "--operator", "Likhit"), fault)
        w.model.settled |= given


@step(2)
def rivals(w: World, die: random.Random, fault: Fault) -> None:
    """Whether two records of one number are refused, asked of, or loaded."""
    w.model.rivals = die.choice(("reject", "note", "review"))
    w.set("R001 = ", f'R001 = "{w.model.rivals}"')


@step(2)
def mapping(w: World, die: random.Random, fault: Fault) -> None:
    """Another column of the target takes the place."""
    w.model.place_in = die.choice(("place", "narrative"))
    w.write_mapping()


@step(2)
def target(w: World, die: random.Random, fault: Fault) -> None:
    """Another target is set."""
    w.model.target = die.choice([t for t in ("loaded/cctns.sqlite", "loaded/next.sqlite", w.urls[1]) if t])
    w.set("target = ", f'target = "{w.model.target}"')


@step(2)
def upkeep(w: World, die: random.Random, fault: Fault) -> None:
    """What only looks, writes files, or gives room back."""
    w.number += 1
    there, folder = w.folder.parent, str(w.folder)
    choices: list[tuple[str, ...]] = [
        ("ledger", "recount", folder), ("ledger", "compact", folder), ("snapshot", folder), ("fixity", folder),
        ("export", folder, "--to", "jsonl", "--out", str(there / f"all{w.number}.jsonl")), ("export", folder, "--all"),
        ("batch", "receive", folder, "--by", "Namuna", "--volume", f"Book {w.number}", "--pages", "9"),
        ("status", folder), ("run", folder, "--dry-run"), ("report", folder), ("keys", "rotate", folder),
        ("duplicates", folder), ("retry", folder),
    ]  # fmt: skip
    w.do(die.choice(choices), fault, (0, 2, 3, 4))


@step(2)
def move(w: World, die: random.Random, fault: Fault) -> None:
    """The ledger goes into a database, or back."""
    if not w.urls[0]:
        return
    to, now = ("sqlite", "ledger.sqlite") if w.ledger.startswith("postgresql:") else (w.urls[0], w.urls[0])
    w.do(("ledger", "move", str(w.folder), "--to", to), fault, (0, 4) if fault.how else (0,))
    w.ledger = now


@step(2)
def back_up(w: World, die: random.Random, fault: Fault) -> None:
    """A copy of the ledger."""
    w.number += 1
    file = w.folder.parent / f"copy{w.number}.sqlite"
    w.do(("ledger", "backup", str(w.folder), str(file)), fault, (0, 4) if fault.how else (0,))
    w.backups.append((file, w.model.copy()))


@step(3)
def purge(w: World, die: random.Random, fault: Fault) -> None:
    """What is due goes for good."""
    what = die.choice(("originals", "personal"))
    w.settle_down()
    standing = w.model.standing()
    w.do(("purge", str(w.folder), "--what", what, *_WHY, "--json"), fault)
    ask, end = w.asked("ledger")
    with closing(checks.Ending(end)):
        done = ask("SELECT unit, key FROM events WHERE step = 'purge' AND outcome = 'done'")
    for sha, kind in done:
        if sha not in w.model.tables:
            continue
        w.model.originals_gone.add(sha)
        if kind == "personal" and sha not in w.model.purged:
            w.model.purged[sha] = {row[1]: s for row, s in standing.items() if row[0] == sha}
            if bad := [s.verdict for s in w.model.purged[sha].values() if s.verdict != "clean"]:
                raise Wrong(f"purged although not settled: {bad}")


@step(2)
def quarantine(w: World, die: random.Random, fault: Fault) -> None:
    """What was refused goes out, is corrected, and is replayed."""
    w.settle_down()
    if not w._has_target():
        return
    w.number += 1
    file = w.folder.parent / f"rejects{w.number}.xlsx"
    w.do(("quarantine", "export", "--workspace", str(w.folder), str(file)), fault)
    book = load_workbook(file)
    page = book["quarantine"]
    head = [str(c.value) for c in page[1]]
    at = {name: head.index(name) + 1 for name in ("right value", "field", "record")}
    chosen = []
    for n in range(2, page.max_row + 1):
        if page.cell(n, at["field"]).value == "fir_no" and die.random() < 0.6:
            page.cell(n, at["right value"]).value = str(die.randint(100, 999))
            chosen.append(str(page.cell(n, at["record"]).value))
    book.save(file)
    if chosen:
        w.do(
            ("quarantine", "import", str(file), "--workspace", str(w.folder), "--operator", "Namuna"), fault, (0, 3, 4)
        )
        w.extra |= set(chosen)
        w.do(("quarantine", "replay", "--workspace", str(w.folder)), fault)


@step(0)
def restore(w: World, die: random.Random, fault: Fault) -> None:
    """A backup takes the place of the ledger."""
    if not w.backups:
        return
    file, model = die.choice(w.backups)
    w.do(("ledger", "restore", str(w.folder), str(file), *_WHY), fault)
    now = w.model
    w.model = model.copy()
    w.model.rivals, w.model.place_in, w.model.target = now.rivals, now.place_in, now.target
    w.is_restored = True
