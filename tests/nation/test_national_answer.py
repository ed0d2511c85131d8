"""The answer sheet and the commands of the national office, on states that state what was published and on none."""

import json
from datetime import date, timedelta

import pytest

from digitize.offices import pdf
from digitize.offices.answer_text import format_both_calendars
from digitize.offices.office import open_office
from digitize.offices.words import load_words
from sample_data.makers.national import invent, month_ends, seal_plain, snapshot

ENDS = month_ends(6, date(2025, 6, 30))
# The paragraphs of the answer to the Rajya Sabha's unstarred question no. 1993, as published.
PART_A = (
    "Against the target of covering 14,306 police stations, a total of 17,712 police stations across the country has been "
    "covered by CCTNS, which includes newly added police stations."
)
PART_B = (
    "As per the available records, the forward integration of CCTNS pillar with e-Prison, e-Prosecution, e-Forensics and "
    "e-Courts are completed in 32, 28, 32 and 35 States/UTs respectively, and vice-versa; backward integration from pillar "
    "applications viz., e-Prison, e-Prosecution, e-Forensics and e-Courts to CCTNS is completed in 30, 26, 30 and 31 "
    "States/UTs respectively."
)
PART_D = (
    "CCTNS has been implemented in all police stations nationwide, while data digitization including integration of legacy "
    "data has been completed in all States/UTs except one"
)
PART_E = (
    "To address the challenges towards the implementation, the steps taken by the Government include sharing of data "
)


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2025, 8, 6), "6th August, 2025 / Sravana 15, 1947 (Saka)"), (date(2026, 3, 22), "22nd March, 2026 / Chaitra 1, 1948 (Saka)"),
     (date(2024, 3, 21), "21st March, 2024 / Chaitra 1, 1946 (Saka)"), (date(2025, 12, 12), "12th December, 2025 / Agrahayana 21, 1947 (Saka)")],
)  # fmt: skip
def test_dates_in_both_calendars(day, text):
    assert format_both_calendars(day, load_words("en")) == text


def test_published_figures_give_the_published_paragraphs(digitize, tmp_path):
    folder = tmp_path / "national"
    assert "Next: digitize national keys add" in digitize("national", "init", "--dir", folder)
    digitize("national", "init", "--dir", folder, code=5)
    ask = ("national", "answer", "--dir", folder, "--answered-on", "2025-08-06", "--as-on", "2025-08-06")
    out = digitize(*ask)
    assert "TO BE ANSWERED ON THE 6th August, 2025 / Sravana 15, 1947 (Saka)" in out
    assert PART_A in out and PART_B in out and f"{PART_D}." in out and PART_E in out
    assert "as published" in out
    sheet = digitize.json("national", "answer", "--dir", folder)
    assert {n["basis"] for n in sheet["numbers"]} == {"published"}
    assert {n["snapshots"] for n in sheet["numbers"]} == {None}
    # Each sentence tells by itself that they are no figures of the ledgers, whose they are, and of which day.
    told = sheet["paragraphs"]
    for part in ("(a)", "(b)", "(d) and (e)"):
        assert told[part].startswith("As published (Rajya Sabha, unstarred question no. 1993,")
        assert "as on 6 August 2025" in told[part] and "of which 0 of 36 reported in the last 45 days" in told[part]
    assert told["(e)"].startswith("As answered before (Rajya Sabha")


@pytest.fixture(scope="module")
def office(digitize, tmp_path_factory):
    """36 states that state what was published, 17,712 stations covered among them."""
    folder = tmp_path_factory.mktemp("office")
    states = invent(folder / "keys", stations=17712, records=1_000_000)
    files = folder / "sent"
    files.mkdir()
    for s in states:
        body = snapshot(s, 5, 6, ENDS[5], with_stations=False)
        (files / f"{s.code}.snapshot").write_bytes(seal_plain(body, s.key))
        digitize("national", "keys", "add", s.code, s.public, "--dir", folder / "n")
    digitize("national", "add", files, "--dir", folder / "n")
    return folder / "n", states


def test_snapshots_that_state_the_published_numbers_give_the_published_paragraphs(digitize, office):
    ask = ("national", "answer", "--dir", office[0], "--basis", "snapshots")
    ask += ("--as-on", ENDS[5], "--answered-on", "2025-08-06")
    sheet = digitize.json(*ask, "--accept-contradictions", "told to the Secretary", "--operator", "JS")
    # Ledgers contradict (d), so that every sentence says that it is what States state.
    stated = "As stated by 36 of 36 States/UTs, the oldest on 30 June 2025: "
    assert sheet["paragraphs"]["(a)"] == stated + PART_A
    assert sheet["paragraphs"]["(b)"] == stated + PART_B
    assert sheet["paragraphs"]["(d) and (e)"] == f"{stated}{PART_D} (Manipur)."
    assert {n["states_that_say"] for n in sheet["numbers"]} == {36}
    assert not [r for r in sheet["remarks"] if "from snapshots" in r]


def test_a_sentence_that_ledgers_contradict_is_never_printed_clean_without_a_reason(digitize, office):
    """States that state completeness and are not, one by one, with both figures; nothing else is marked."""
    ask = ("national", "answer", "--dir", office[0], "--basis", "snapshots", "--as-on", ENDS[5])
    ask += ("--answered-on", "2025-08-06")
    sheet = digitize.json(*ask, code=3)
    ledgers = {s.code: s for s in office[1]}
    told = [c for c in sheet["contradictions"] if c["kind"] == "complete-and-is-not"]
    bodies = {code: snapshot(s, 5, 6, ENDS[5], with_stations=False)["totals"] for code, s in ledgers.items()}
    behind = {c for c, t in bodies.items() if t["of_expected"] < 0.99 * t["expected"] and c != "mn"}
    assert {c["state"] for c in told} == behind and len(behind) > 10
    assert sheet["paragraphs"]["(d) and (e)"].startswith(f"[NOT TO BE LAID: the ledgers contradict this {len(behind)}")
    assert sheet["paragraphs"]["(a)"] == PART_A
    assert not sheet["is_clean"]
    out = digitize(*ask, code=3)
    assert "AGAINST THE LEDGERS" in out and "stated as complete; by its ledgers" in out
    out = digitize(*ask, "--accept-contradictions", "the Secretary knows")
    assert f"{PART_D} (Manipur)." in " ".join(out.split())
    assert "Accepted although the ledgers contradict it: the Secretary knows" in out
    with open_office(office[0]).store() as store:
        acts = store.list_acts("accept")
    assert acts[-1].reason == "the Secretary knows" and len(acts[-1].detail["against"]) == len(behind)


def test_the_answer_is_said_in_hindi_with_the_same_numbers(digitize, office):
    sheet = digitize.json("national", "answer", "--dir", office[0], "--lang", "hi", code=3)
    assert "14,306" in sheet["paragraphs"]["(a)"] and "थाने" in sheet["paragraphs"]["(a)"]
    assert "32, 28, 32 और 35" in sheet["paragraphs"]["(b)"]
    assert "मणिपुर" in sheet["paragraphs"]["(d) and (e)"] and sheet["paragraphs"]["(d) and (e)"].startswith("[पटल")
    digitize("national", "answer", "--dir", office[0], "--lang", "xx", code=4)


def test_a_published_number_that_the_ledgers_contradict_is_marked_too(digitize, office):
    sheet = digitize.json("national", "answer", "--dir", office[0], "--basis", "published", code=3)
    [told] = [c for c in sheet["contradictions"] if c["kind"] == "published"]
    assert told["stated"] == "1" and int(told["found"]) > 10


def test_stations_without_cctns_are_said_and_none_are_guessed(digitize, tmp_path):
    folder = tmp_path / "n"
    for s, left in zip(invent(tmp_path / "keys", stations=360, records=36_000)[:2], (3, None), strict=True):
        digitize("national", "keys", "add", s.code, s.public, "--dir", folder)
        body = snapshot(s, 5, 6, ENDS[5], with_stations=False)
        body["statement"]["stations"] = None if left is None else s.covered + left
        path = tmp_path / f"{s.code}.snapshot"
        path.write_bytes(seal_plain(body, s.key))
        digitize("national", "add", path, "--dir", folder)
    sheet = digitize.json("national", "answer", "--dir", folder, "--basis", "snapshots", code=3)
    told = "CCTNS has been implemented in all police stations of the one State/UT that has reported on it except three, while"
    assert sheet["paragraphs"]["(d) and (e)"].split(": ", 2)[2].startswith(told)


def test_the_report_prints_the_published_numbers(digitize, office, tmp_path):
    digitize("national", "report", "--dir", office[0], "--html", tmp_path / "n.html", "--csv", tmp_path / "csv")
    text = (tmp_path / "n.html").read_text(encoding="utf-8")
    assert "17,712 covered, against a target of 14,306: 123.8\u00a0%; stated by 36 of 36 States and UTs" in text
    assert "17,712 covered, against a target of 14,306: 123.8\u00a0%, as published on 6 August 2025" in text
    for n in (32, 28, 35, 30, 26, 31):
        assert f"{n} of 36" in text
    assert {p.name for p in (tmp_path / "csv").iterdir()} == {
        "figures.csv", "counts.csv", "breakdowns.csv", "integration.csv", "history.csv", "exceptions.csv", "services.csv",
        "quality.csv",
    }  # fmt: skip


def test_the_same_picture_gives_the_same_page(digitize, office, tmp_path):
    for name in ("a.html", "b.html"):
        digitize("national", "report", "--dir", office[0], "--html", tmp_path / name, "--lang", "hi")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_before_the_first_snapshot_nobody_has_reported(digitize, office):
    day = str(ENDS[5] - timedelta(days=1))
    data = digitize.json("national", "status", "--dir", office[0], "--as-on", day)
    assert {c["records"] for c in data["counts"]} == {None}
    sheet = digitize.json("national", "answer", "--dir", office[0], "--as-on", day, "--basis", "snapshots")
    assert {n["used"] for n in sheet["numbers"]} == {None}
    assert "(not reported)" in sheet["paragraphs"]["(a)"]


def test_own_published_figures_win_and_wrong_ones_are_named(digitize, tmp_path):
    folder = tmp_path / "national"
    digitize("national", "keys", "list", "--dir", folder)
    text = (
        'format = 1\nas_on = 2026-02-01\nsource = "An invented answer"\nstates = 36\ncovered = 18000\ntarget = 14306\n'
    )
    (folder / "published" / "2026-02-01.toml").write_text(text)
    sheet = digitize.json("national", "answer", "--dir", folder)
    assert [n["used"] for n in sheet["numbers"]][:3] == [18000, 14306, None]
    (folder / "published" / "2026-02-01.toml").write_text(text + "[forward]\ne-post = 3\n")
    digitize("national", "answer", "--dir", folder, code=4)


def test_options_that_cannot_be_meant(digitize, office):
    digitize("national", "answer", "--dir", office[0], "--basis", "hearsay", code=4)
    digitize("national", "report", "--dir", office[0], code=4)
    digitize("national", "report", "--dir", office[0], "--html", "x.html", "--lang", "xx", code=4)
    digitize("national", "status", "--dir", office[0], "--as-on", "soon", code=4)


def test_without_a_browser_a_pdf_is_refused_with_the_next_step(digitize, office, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    digitize("national", "report", "--dir", office[0], "--pdf", tmp_path / "n.pdf", code=6)
    assert (tmp_path / "n.html").is_file()


def test_a_page_in_hindi_carries_its_font_and_one_in_english_none(digitize, office, tmp_path):
    for language, fonts in (("hi", 1), ("en", 0)):
        digitize("national", "report", "--dir", office[0], "--html", tmp_path / "n.html", "--lang", language)
        page = (tmp_path / "n.html").read_text(encoding="utf-8")
        assert page.count("data:font/woff2") == fonts and "font-src data:" in page
        # The rule is used: its name stands in the page's own list of fonts.
        assert page.count('"Own Deva"') == 2 * fonts


@pytest.mark.slow
@pytest.mark.skipif(pdf.find_browser() is None, reason="no Chromium on this machine")
def test_a_pdf_is_on_a4_landscape(digitize, office, tmp_path):
    import pypdfium2

    digitize("national", "report", "--dir", office[0], "--pdf", tmp_path / "n.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "n.pdf")
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (842, 595)
    assert "17,712" in "".join(p.get_textpage().get_text_bounded() for p in document)


def test_status_for_people_names_states_and_what_is_odd(digitize, office):
    out = digitize("national", "status", "--dir", office[0])
    assert "36 of 36 States and UTs have reported." in out
    assert "Maharashtra" in out


def test_a_site_a_state_and_the_nation_in_one_line(digitize, samples, tmp_path):
    """From a workspace with the sample table through its state's office to the national report."""
    site, state, nation = tmp_path / "site", tmp_path / "state", tmp_path / "nation"
    digitize("init", "wb", site, "--site", "demo")
    digitize("intake", site, samples / "legacy" / "FIRMAST.DBF")
    digitize("snapshot", site)
    digitize("state", "init", "wb", "--dir", state)
    digitize("state", "keys", "add", "wb-demo", site / "keys" / "site.pub", "--dir", state)
    digitize("state", "keys", "add", "wb-late", "ab" * 32, "--dir", state)
    digitize("state", "add", site / "exports", "--dir", state)
    seen = digitize.json("state", "status", "--dir", state)
    assert [(s["site"], s["word"], s["records"]) for s in seen["sites"]] == [
        ("wb-demo", "reports", 0),
        ("wb-late", "no report", None),
    ]
    later = str(date.fromisoformat(seen["sites"][0]["as_on"]) + timedelta(days=50))
    assert "Silent: wb-demo" in digitize("state", "status", "--dir", state, "--as-on", later)
    digitize("state", "report", "--dir", state, "--html", tmp_path / "wb.html", "--lang", "hi")
    digitize("snapshot", state)
    digitize("national", "keys", "add", "wb", state / "keys" / "office.pub", "--dir", nation)
    digitize("national", "add", state / "exports", "--dir", nation)
    digitize("national", "heads", "wb", "--out", tmp_path / "wb.heads", "--dir", nation)
    assert "heads that the other office holds are here" in digitize(
        "state", "verify", "--heads", tmp_path / "wb.heads", "--dir", state
    )
    digitize("national", "verify", "--heads", tmp_path / "wb.heads", "--dir", nation, code=7)
    digitize("national", "add", site / "exports", "--dir", nation, code=3)
    data = digitize.json("national", "status", "--dir", nation)
    assert [e["what"] for e in data["exceptions"]].count("no-report") == 35
    assert [e["what"] for e in data["exceptions"]][-1] == "unknown-key"
    assert json.loads(json.dumps(data))["schema"] == 1


def test_a_workspace_has_a_report_of_its_own_and_what_nobody_counted_is_not_0(digitize, samples, tmp_path):
    site = tmp_path / "site"
    digitize("init", "wb", site, "--site", "demo")
    digitize("intake", site, samples / "legacy" / "FIRMAST.DBF")
    digitize("report", site, "--html", tmp_path / "site.html", "--json-file", tmp_path / "site.json")
    text = (tmp_path / "site.html").read_text(encoding="utf-8")
    assert "wb-demo" in text and "not known: no inventory" in text
    foot = text.split("<footer>")[1].split("</footer>")[0]
    assert "own workspace" in foot and "signed by its State" not in foot
    data = json.loads((tmp_path / "site.json").read_text(encoding="utf-8"))
    complete = [f for f in data["figures"] if f["figure"].startswith("stations_complete")]
    assert complete and {f["numerator"] for f in complete} == {None}
    assert {c["expected"] for c in data["counts"]} == {None}
    digitize("report", site, "--html", tmp_path / "x.html", "--as-on", "2020-01-01", code=4)
    digitize("report", tmp_path / "nowhere", "--html", tmp_path / "x.html", code=5)


def test_flags_are_listed_and_answered(digitize, office):
    assert digitize.json("national", "flag", "list", "--dir", office[0])["flags"] == []
    assert "0 open" in digitize("national", "flag", "list", "--dir", office[0])
    digitize("national", "flag", "answer", "abcd", "--reason", "x", "--operator", "y", "--dir", office[0], code=4)


def test_keys_are_listed_and_revoked_and_history_is_verified(digitize, office):
    folder, states = office
    listed = digitize.json("national", "keys", "list", "--dir", folder)["keys"]
    assert [k["reporter"] for k in listed] == sorted(s.code for s in states)
    assert digitize.json("national", "verify", "--dir", folder)["files"] == 36
    digitize("national", "keys", "revoke", "00000000", "--reason", "lost", "--dir", folder, code=4)
    digitize("national", "keys", "add", "mh", "not-a-key", "--dir", folder, code=5)
    digitize("national", "keys", "add", "xx", "ab" * 32, "--dir", folder, code=4)
    other = folder.parent / "other"
    digitize("state", "init", "mh", "--dir", other)
    key = digitize.json("state", "init", "ka", "--dir", folder.parent / "another")["key"]
    digitize("state", "keys", "add", "ka-pune", key, "--dir", other, code=4)
    digitize("state", "keys", "add", "mh-pune", key, "--dir", other)
    assert "mh-pune needs a new one" in digitize(
        "state", "keys", "revoke", key[:10], "--reason", "stolen", "--dir", other
    )
    assert digitize.json("state", "keys", "list", "--dir", other)["keys"][0]["revoked"]
    assert "0 files" in digitize("state", "verify", "--dir", other)
    digitize("national", "status", "--dir", other, code=4)


def test_a_number_behind_which_only_some_states_stand_says_so(digitize, tmp_path):
    folder = tmp_path / "n"
    for s in invent(tmp_path / "keys", stations=360, records=36_000)[:2]:
        digitize("national", "keys", "add", s.code, s.public, "--dir", folder)
        path = tmp_path / f"{s.code}.snapshot"
        path.write_bytes(seal_plain(snapshot(s, 5, 6, ENDS[5], with_stations=False), s.key))
        digitize("national", "add", path, "--dir", folder)
    sheet = digitize.json("national", "answer", "--dir", folder, "--basis", "snapshots", code=3)
    assert sheet["paragraphs"]["(a)"].count("(in 2 States/UTs that have reported)") == 2
    assert "in 2 of the 2 States/UTs that have reported on it" in sheet["paragraphs"]["(d) and (e)"]
    assert "No report from 34 of 36 States/UTs" in sheet["remarks"][0]
    numbers = digitize.json("national", "answer", "--dir", folder, code=3)["numbers"]
    assert {n["basis"] for n in numbers if n["part"] != "(c)"} == {"published"}
