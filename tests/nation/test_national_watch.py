"""`digitize national watch`: what changed since last week, by State, as text and page; the same store gives the same."""

import copy
import json
from datetime import date, timedelta

import pytest
from lxml import html as lxml_html

from digitize.offices.contradict import find_contradictions
from digitize.offices.lag import find_lags
from digitize.offices.picture import Limits, NationalPicture
from digitize.offices.rollup import SnapshotReport, roll_up_nation
from digitize.offices.shape import Snapshot
from digitize.offices.week import find_changes
from digitize.offices.week_text import format_change, write_watch
from digitize.offices.words import LANGUAGES, load_words
from sample_data.makers.national import invent, month_ends, seal_plain, snapshot

ENDS = month_ends(6, date(2025, 6, 30))
DAYS = (ENDS[4], ENDS[5])


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    return invent(tmp_path_factory.mktemp("keys"), stations=144, records=1_200_000)[:3]


def body(state, month, as_on=None):
    return snapshot(state, month, 6, as_on or ENDS[month], with_stations=True)


def picture(bodies, day):
    made = [Snapshot.model_validate_json(json.dumps(b)) for b in bodies]
    found = NationalPicture(
        roll_up_nation(SnapshotReport(m, f"{m.state}{m.as_on}", (day - m.as_on).days) for m in made), day, Limits()
    )
    found.against = find_contradictions(found.root, day)
    found.lag = find_lags(found.root, {}, found.limits.silent_days, ())
    return found


def changes(states, change, *, before=None):
    """The kinds of what is said of the first state, after its newest snapshot was changed."""
    old, new = [body(s, 4) for s in states], [body(s, 5) for s in states]
    (before or (lambda b: None))(old[0])
    change(new[0])
    found = find_changes(picture(old, DAYS[0]), picture(new, DAYS[1]))
    own = next(s for s in found if s.code == states[0].code)
    return {c.kind: c for c in own.changes}, own


def set_quality(**values):
    return lambda b: b["quality"].update(copy.deepcopy(values))


def test_a_quiet_week_says_nothing_but_what_is_still_so(states):
    same = set_quality(sample={"part": 10, "of": 2000})
    more = set_quality(sample={"part": 12, "of": 2300})
    found, own = changes(states, more, before=same)
    assert own.new == 0, found


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (set_quality(sample={"part": 10, "of": 2000}), set_quality(sample={"part": 60, "of": 2500}), "share-rose"),
        (set_quality(sample={"part": 10, "of": 2000}), set_quality(sample={"part": 10, "of": 2000}), "nothing-audited"),
        (set_quality(sample={"part": 1, "of": 20}), set_quality(sample={"why": "no-sample-drawn"}), "measured-no-more"),
        (set_quality(rejects={"X003": 5}), set_quality(rejects={"X003": 5, "F008": 900}), "rejects-rose"),
        (set_quality(double_keyed={"part": 9, "of": 900}), set_quality(double_keyed={"part": 90, "of": 1800}),
         "share-rose"),
    ],
)  # fmt: skip
def test_quality_that_drops_by_more_than_chance_is_told(states, before, after, kind):
    found, _ = changes(states, after, before=before)
    assert found[kind].topic == "quality"


def test_chance_is_no_drop(states):
    found, _ = changes(
        states, set_quality(sample={"part": 14, "of": 2500}), before=set_quality(sample={"part": 10, "of": 2000})
    )  # fmt: skip
    assert "share-rose" not in found


def lower(b):
    for counts in (b["totals"], b["districts"][0]["counts"]):
        counts["pages"] -= counts["pages"] // 2
    row = b["stations"][0]
    row[12] = 0


def late(b):
    b["sources"].append({**b["sources"][0], "site": "an-old", "as_on": "2024-01-31"})


def test_counts_that_fall_silent_sites_and_contradictions_are_told(states):
    assert changes(states, lower)[0]["stations-fell"].names
    known = changes(states, late, before=late)[0]["sites-silent"]
    assert not known.is_new and known.names == ("an-old",)
    assert changes(states, late)[0]["sites-silent"].is_new

    def contradict(b):
        b["statement"]["covered"] = 1

    found, own = changes(states, contradict)
    assert found["contradicted"].is_new and own.new >= 1
    assert "no-more-contradicted" in changes(states, lambda b: None, before=contradict)[0]


def test_every_kind_is_a_sentence_in_every_language(states):
    old, new = [body(s, 4) for s in states], [body(s, 5) for s in states]
    lower(new[0]), late(new[0])
    new[1]["statement"]["covered"] = 1
    set_quality(rejects={"F008": 900})(new[1])
    found = find_changes(picture(old, DAYS[0]), picture([*new[:2], old[2]], DAYS[1] + timedelta(days=50)))
    for language in LANGUAGES:
        words = load_words(language)
        assert all("{" not in format_change(c, s, words) for s in found for c in s.changes)


def test_the_files_are_the_same_each_time_and_one_for_each_state(states, digitize, tmp_path):
    folder = tmp_path / "n"
    for s in states:
        digitize("national", "keys", "add", s.code, s.public, "--dir", folder)
        for month in (4, 5):
            path = tmp_path / f"{s.code}{month}.snapshot"
            path.write_bytes(seal_plain(body(s, month), s.key))
    digitize("national", "add", *sorted(tmp_path.glob("*.snapshot")), "--dir", folder)
    command = ("national", "watch", "--dir", folder, "--since", DAYS[0], "--day", DAYS[1])
    for name in ("a", "b"):
        assert "74 files" in digitize(*command, "--out", tmp_path / name)
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert len(files) == 74 and "in.txt" in files and f"{states[0].code}.html" in files
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)
    page = lxml_html.fromstring((tmp_path / "a" / "in.html").read_text(encoding="utf-8"))
    assert len(page.xpath("//table/tbody/tr")) == 36
    digitize("national", "watch", "--dir", folder, "--since", DAYS[1], "--day", DAYS[1], "--out", tmp_path, code=4)


def test_hindi_files(states, tmp_path):
    found = find_changes(picture([body(s, 4) for s in states], DAYS[0]), picture([body(s, 5) for s in states], DAYS[1]))
    write_watch(found, DAYS, tmp_path, load_words("hi"))
    assert "क्या बदला" in (tmp_path / "in.txt").read_text(encoding="utf-8")
