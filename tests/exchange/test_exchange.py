"""Packages out and replies in: nothing lost, nothing twice, and what does not fit is shown to a person."""

from benchmarks.exchange_world import SITE, TODAY, case, court_answers, fir_of, load, put
from digitize.exchange.conflicts import each_conflict
from digitize.exchange.manifest import Answers
from digitize.exchange.receive import take_package
from digitize.exchange.status import exchange_status


def take(world, path):
    return take_package(world.book, SITE, path, TODAY)


def test_round_trip(world):
    package = world.deliver("e-courts")
    assert world.held["e-courts"] == world.store("e-courts")
    answers = Answers(sequence=1, manifest=package.signed.sha256)
    stated = court_answers(world.held["e-courts"])
    done = take(world, path := world.reply("e-courts", stated, answers=answers))
    assert (done.word, done.put, done.linked) == ("taken", 6, 6)
    assert take(world, path).word == "known"
    (s,) = exchange_status(world.book)
    assert (s.sent, s.has, s.held, s.taken, s.statements, s.waiting, s.conflicts) == (1, 1, 16, 1, 6, 0, 0)
    assert world.deliver("e-courts") is None


def test_delta_full_and_gap(world):
    world.deliver("e-prison")
    load(world.target, "book-1", [r for n in range(1, 4) for r in case(n)])
    load(world.target, "book-2", case(7, 2013))
    package = world.deliver("e-prison")
    assert {k: t.model_dump() for k, t in package.manifest.counts.items()} == {"arrest": {"put": 1, "gone": 1}}
    assert package.manifest.previous == world.book.packages("forward")[0].manifest
    world.target.undo("book-2", "wrong book")
    world.deliver("e-prison", full=True)
    assert world.held["e-prison"] == world.store("e-prison")
    assert [p.base for p in world.book.packages("forward", "e-prison")] == ["delta", "delta", "full"]
