"""Lists that are not complete, as benchmarks/lists.py takes entries out of them."""

from benchmarks.parts.lists.typed import _as_lexicon, _read
from mappers.codes import district_list


def test_no_district_of_a_state_passes_as_another_when_it_is_taken_out():
    every, right, out, before = _read(_as_lexicon(district_list("wb")))
    assert right == every and out == 0 < before
