"""Laws: whatever was loaded and taken back, a receiver that took every package in holds what the store holds."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.errors import NotFound, TargetRefused
from digitize.targets.sqlite import SqliteTarget
from sample_data.makers.exchange import ExchangeWorld, case, load

BATCHES = ("book-1", "book-2", "book-3")
batches, numbers = st.sampled_from(BATCHES), st.sets(st.integers(1, 4), max_size=3)
steps = st.one_of(
    st.tuples(st.just("load"), batches, numbers),
    st.tuples(st.just("undo"), batches),
    st.tuples(st.just("export")),
    st.tuples(st.just("full")),
)


def do(world, step):
    if step[0] == "load":
        # Each batch has cases of a year of its own: keys of records are never another's.
        load(world.target, step[1], [r for n in sorted(step[2]) for r in case(n, 2010 + BATCHES.index(step[1]))])
    elif step[0] == "undo":
        with suppress(NotFound, TargetRefused):
            world.target.undo(step[1], "a trial")
    else:
        world.deliver("e-courts", full=step[0] == "full")


@settings(max_examples=8)
@given(st.lists(steps, max_size=7))
def test_any_history_of_loads_and_packages_ends_alike(exchange_template, history):
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(exchange_template, name, dirs_exist_ok=True)
        target = SqliteTarget(Path(name) / "cctns.sqlite")
        try:
            world = ExchangeWorld(target, Path(name))
            for step in history:
                do(world, step)
            world.deliver("e-courts")
            assert world.held.get("e-courts", {}) == world.store("e-courts")
            sent = world.book.packages("forward")
            assert [p.sequence for p in sent] == list(range(1, len(sent) + 1))
            assert [p.previous for p in sent] == ["", *(p.manifest for p in sent)][: len(sent)]
        finally:
            target.close()
