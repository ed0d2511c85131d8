"""What is worked out of a part is kept until the part changes, or what it depends on does."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from digitize.review.question_cache import AuditRules
from digitize.workspace.calibration import threshold_store
from digitize.workspace.calibration.sampling import Draw
from digitize.workspace.calibration.threshold_store import Thresholds
from digitize.workspace.calibration.values import Measured, Terms
from digitize.workspace.counting.counts_cache import find_differing_counts, iter_part_counts, keep_counts
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.dirty_parts import ACCOUNT, SHEET, list_dirty
from digitize.workspace.ledger.part_cache import PartCache


@pytest.fixture
def ledger(tmp_path):
    with Ledger.create(tmp_path / "ledger.sqlite") as made:
        for number in (1, 2):
            Catalogue(made).volume(f"volume {number}")
            Catalogue(made).insert_scan(PageScan(f"s-{number:04d}-0001", "0" * 64, 0, "b1", number, 1))
        yield made


def worked_out(ledger, what=ACCOUNT, basis="1", *, keeps=True):
    """The parts that had to be worked out anew."""
    done = []
    parts = PartCache(ledger, what, basis, lambda part: done.append(part) or f"of {part}", keeps=keeps)
    assert [parts.get(f"volume:{n}") for n in (1, 2)] == ["of volume:1", "of volume:2"]
    parts.flush()
    return done


def test_only_what_changed_is_worked_out_again(ledger):
    both = ["volume:1", "volume:2"]
    assert worked_out(ledger, keeps=False) == worked_out(ledger, keeps=False) == both
    assert worked_out(ledger) == both and worked_out(ledger) == []
    ledger.finish("s-0002-0001", "decide", "k", {}, {})
    assert worked_out(ledger, keeps=False) == worked_out(ledger) == ["volume:2"]
    assert worked_out(ledger, basis="2") == both
    # Each who looks has marks of its own, and nothing of it is taken for counts.
    assert worked_out(ledger, SHEET) == both and worked_out(ledger, basis="2") == []
    keep_counts(ledger)
    assert {part for part, _ in iter_part_counts(ledger)} == {*both}
    assert list(find_differing_counts(ledger)) == []


def test_what_is_written_while_a_part_is_looked_at_stays_marked(ledger):
    worked_out(ledger)

    def fold(part):
        ledger.finish("s-0001-0001", "decide", f"k{part}", {}, {})
        return "text"

    parts = PartCache(ledger, ACCOUNT, "2", fold, keeps=True)
    parts.get("volume:1")
    parts.flush()
    assert "volume:1" in list_dirty(ledger, ACCOUNT)


def test_answers_are_folded_into_thresholds_again_only_where_something_came(tmp_path, monkeypatch):
    folded = []
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        monkeypatch.setattr(threshold_store, "answers_in", lambda ledger: folded.append(1) or iter(()))
        terms = Terms(0.98)

        def times(terms=terms, given=None):
            folded.clear()
            threshold_store.measure_again(ledger, terms, given or {})
            return len(folded)

        assert times() == 0, "measuring was not begun"
        threshold_store.begin_measuring(ledger, "wb-test")
        assert [times(), times(), times()] == [1, 0, 0]
        ledger.record_event("wb-test-0001-0001-r1", "review", "note", detail={"cell": "x"})
        assert [times(), times()] == [1, 0]
        assert [times(given={"reg_gd": 0.9}), times(given={"reg_gd": 0.9})] == [1, 0]
        assert times(Terms(0.97)) == 1
        ledger.record_event("wb-test", "weights", "note", detail={"use": "own"})
        assert [times(), times()] == [1, 0]
        # Counted anew, everything is.
        ledger.recount()
        assert times() == 1


def test_more_answers_alone_have_no_records_looked_at_anew(ledger):
    def basis(*measured):
        options = SimpleNamespace(first_pages=2, pages_at_once=2)
        found = Thresholds(True, True, {(m.form, m.field): m for m in measured})
        place = SimpleNamespace(options=SimpleNamespace(calibrate=options))
        return AuditRules(
            ledger, SimpleNamespace(place=place, thresholds=found, blind_from=0.5), Draw(b"key", 0.02)
        ).basis

    open_now, shut = Measured("f", "year", 0.9, "own", 400, 400), Measured("f", "place", None)
    same = basis(open_now, shut)
    assert same == basis(replace(open_now, answers=410, threshold=0.93), replace(shut, answers=3))
    others = [
        (shut,),
        (open_now, replace(shut, form="g", threshold=0.9)),
        (open_now, replace(shut, suspects=("s-0001",))),
    ]
    assert len({same, *(basis(*own) for own in others)}) == 4
