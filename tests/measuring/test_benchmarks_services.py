"""Missing persons and bodies of invented cases, as benchmarks/services.py asks for them."""

from benchmarks.services import ask
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
