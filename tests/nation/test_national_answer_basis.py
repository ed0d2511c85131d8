"""A sentence of an answer for Parliament never says more than what stands behind it."""

from dataclasses import replace
from datetime import date

from test_national_answer import PART_D

from digitize.offices.answer_text import AnswerLine, AnswerSources, write_part_a, write_part_d
from digitize.offices.words import load_words


def line(key, basis, n, said=36):
    return AnswerLine("", "", key, n, said, n, n, basis, basis == "snapshots" and said < 36)


def test_a_sentence_says_what_stands_behind_it_unless_all_states_stated_all_of_it_lately():
    english, day = load_words("en"), date(2025, 6, 30)
    behind = AnswerSources(36, 1, 45, "An answer", date(2024, 8, 6), day, day, date(2025, 8, 6))
    all_ = [line("stations_left", "snapshots", 0), line("legacy_incomplete", "snapshots", 1)]
    assert write_part_d(*all_, [], behind, english) == f"{PART_D}."
    stated = "As stated by 36 of 36 States/UTs, the oldest on 30 June 2025: "
    for more in ({"is_accepted": True}, {"answered": date(2025, 9, 1)}):
        assert write_part_d(*all_, [], replace(behind, **more), english) == f"{stated}{PART_D}."
    some = [line("stations_left", "snapshots", 0, 1), line("legacy_incomplete", "snapshots", 0, 1)]
    assert write_part_d(*some, [], behind, english).startswith("As stated by 1 of 36 States/UTs, the oldest on")
    # Two clauses on two grounds: each says its own.
    mixed = write_part_d(all_[0], line("legacy_incomplete", "published", 1), [], behind, english)
    assert "; As published (An answer; figures as on 6 August 2024), not counted" in mixed
    covered = {"covered": line("covered", "snapshots", 17712), "target": line("target", "published", 14306)}
    text = write_part_a(covered, behind, english)
    assert text.startswith(
        "Where so marked as published (An answer; figures as on 6 August 2024), else as stated by 36"
    )
    assert "covering 14,306 (as published) police" in text and "newly added" not in text
