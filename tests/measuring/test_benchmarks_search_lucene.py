"""What benchmarks/search_lucene.py gives to Lucene and takes from it; neither Java nor Lucene is needed here."""

import polars as pl

from benchmarks import search_lucene
from benchmarks.parts.search import lucene_rows as search_lucene_rows
from sample_data.makers.search_people import Question

FIRS = pl.DataFrame({"record_id": ["wb-1-r1"], "police_station": ["Somapur 6"], "year": ["2013"], "fir_no": ["4"]})
PERSONS = pl.DataFrame({
    "record_id": ["wb-1-r1", "wb-1-r1"], "line": pl.Series([1, 2], dtype=pl.Int32), "role": ["witness", "accused"],
    "name": ["राम नबुल", "Somu Nabul"], "name_roman": ["Ram Nabul", "Somu Nabul"], "relative_name": ["सोम नबुल", None],
    "age": ["34", "34"],
})  # fmt: skip


def question(by="year", *, is_misspelt=False):
    return Question("राम नबुल", "", "", "2013", "wb-1-r1", 1, False, by, is_misspelt, 1)


def test_a_row_holds_the_name_as_written_and_in_latin_letters_and_the_keys_of_the_product():
    first, second = (line.split("\t") for line in search_lucene_rows.person_lines(FIRS, PERSONS))
    assert first[:7] == ["wb-1-r1", "1", "Somapur 6", "2013", "राम नबुल", "Ram Nabul", "सोम नबुल"]
    assert first[7].isascii() and second[6:8] == ["", ""]
    # The family's name is the same by its sounds, and in the same year and station: three keys in common.
    assert len(set(first[9].split()) & set(second[9].split())) >= 3


def test_what_the_ranking_reads_comes_back_as_it_was():
    record, line, *_, kept, _ = search_lucene_rows.person_lines(FIRS, PERSONS)[1].split("\t")
    row = search_lucene_rows.found_row("\t".join([record, line, *kept.split("\x01")]))
    assert (row.record_id, row.line, row.year, row.station) == ("wb-1-r1", 2, 2013, "somapur6")
    assert row.said.split(" ")[0] and not row.relative


def test_a_recorded_answer_is_told_by_what_was_asked():
    answers = search_lucene_rows.read_answers("2000000\t1000000\twb-1-r1/1,wb-1-r1/2\n8000000\t4000000\t\n")
    assert answers[0] == (2.0, 1.0, ("wb-1-r1/1", "wb-1-r1/2"))
    questions = [question(), question(is_misspelt=True)]
    hits = [f"{q.record}/{q.line}" in a.ids for q, a in zip(questions, answers, strict=True)]
    made = search_lucene.told("same", questions, hits, [a.ms for a in answers], [a.cpu_ms for a in answers])
    assert (made["recall10_same"], made["same_p50_ms"], made["same_p50_cpu_ms"]) == (0.5, 2.0, 1.0)
    assert (made["by same year"], made["by same year misspelt"]) == (1.0, 0.0)


def test_questions_and_keys_are_lines():
    assert search_lucene_rows.question_line(question()).split("\t")[::5] == ["राम नबुल", "2013"]
    terms = [(frozenset({-1, 16}), frozenset({2})), (frozenset({3}),)]
    assert search_lucene_rows.terms_line(terms, 10) == "10\tffffffff,10&2|3\n"


def test_what_is_missing_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "not installed" in search_lucene_rows.Lucene.found()
    (tmp_path / "bin").mkdir()
    for name, version in (("java", "17.0.1"), ("javac", "")):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        (tmp_path / "bin" / name).chmod(0o755)
    assert "Java 21 is needed" in search_lucene_rows.Lucene.found()
