"""Drafts of mappings for layouts that are held back, as benchmarks/drafts.py judges them."""

from benchmarks import drafts


def test_layouts_held_back_are_drafted_right_in_four_columns_of_five():
    found = drafts.evaluate(hold_out=True, sample=6)
    assert found["draft_columns_right"] >= 0.8
    assert found["draft_columns_right"] > found["peer_right"]
