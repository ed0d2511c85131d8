"""What courts send, tampered with as benchmarks/exchange.py does: nothing of it is taken in."""

from benchmarks.exchange import measure


def test_tamperings_are_refused():
    found = measure(6, 20)
    assert (found["lost"], found["accepted"], found["faults"], found["control"]) == (0, [], 0, "taken")
    assert found["refused"] >= 200
