"""Missing persons and bodies of invented cases, as benchmarks/services.py asks for them."""

from benchmarks.services import ask, verdicts
from digitize.targets.sqlite import SqliteTarget
from sample_data.makers.service_cases import WORDS, Cases


def test_measured_on_generated_cases(tmp_path):
    cases = Cases(100, 25, 6, 5)
    target = SqliteTarget(tmp_path / "cases.sqlite")
    for some in cases.batches(1000):
        target.take(some)
    figures = ask(target, cases)
    target.close()
    assert min(figures[n]["recall10"] for n in ("body_to_report", "report_to_body", "report_to_traced")) >= 0.8
    assert len(WORDS) == 10


def test_nobody_is_called_wanted_by_half_a_name(tmp_path):
    figures = verdicts(300, 200, 5, tmp_path)
    assert figures["false_wanted"]["public"] == figures["shown_to_public_by_name_alone"] == 0
    assert figures["false_wanted"]["police"] <= 0.02 and max(figures["missed_wanted"].values()) <= 0.05
    # Candidates are counted apart, and most of those who are wanted are known for sure.
    assert figures["unsure_of_nobody"]["police"] > 0.3 > figures["unsure_of_wanted"]["police"]
