"""An inventory that is made smaller raises a share: nothing is graded by it until the office above has the reason."""

import json
from datetime import date

import pytest
from lxml import html as lxml_html

from digitize.offices.answer import make_answer_sheet
from digitize.offices.exporting import as_plain
from digitize.offices.flags import answer_flag, find_open_cuts, load_flags
from digitize.offices.grades import SIGNS, grade_of, rank_states
from digitize.offices.keys import add_key
from digitize.offices.office import create_office
from digitize.offices.outline import load_outline
from digitize.offices.page import render_page
from digitize.offices.picture import Limits, make_national_picture, make_state_picture, restrict_to_state
from digitize.offices.receive import add_files
from digitize.offices.words import LANGUAGES, load_words
from sample_data.makers.national import invent, month_ends, seal_plain, snapshot

DAYS = month_ends(12, date(2026, 10, 31))
WORDS = {language: load_words(language) for language in LANGUAGES}


def cut_inventory(body):
    """Every station expects what it has loaded: all is done at once."""
    for row in body["stations"]:
        row[3] = row[12]
    for i, district in enumerate(body["districts"]):
        own = [row for row in body["stations"] if row[2] == i]
        district["counts"]["expected"] = district["counts"]["of_expected"] = sum(row[3] for row in own)
        # Validated and keyed are complete wherever the inventory expects no more.
        done = [sum(row[at] >= row[3] for row in own) for at in (8, 11, 12)]
        district["stations"]["complete"][2:] = done
    for name in ("expected", "of_expected"):
        body["totals"][name] = sum(d["counts"][name] for d in body["districts"])
    return body


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    return invent(tmp_path_factory.mktemp("keys"), stations=90, records=40_000, seed=5)


def send(office, level, sent, folder):
    with office.store() as store:
        for reporter, state, bodies in sent:
            add_key(store, reporter, state.public)
            for body in bodies:
                path = folder / f"{reporter}-{body['as_on']}.snapshot"
                path.write_bytes(seal_plain(body, state.key))
                (answer,) = add_files(store, level, office.code if level == "site" else "", [path])
                assert answer.word in ("taken", "flagged"), answer


@pytest.fixture
def nation(states, tmp_path):
    """Two states halfway; the first lowers its inventory to what it has done in the month before the last."""
    office = create_office(tmp_path / "nation", "nation", "in")
    chosen = [s for s in states if snapshot(s, 6, 12, DAYS[6], with_stations=True)["totals"]["of_expected"] > 500][:2]
    sent = []
    for s in chosen:
        bodies = [snapshot(s, m, 12, DAYS[m], with_stations=True) for m in range(5, 9)]
        for body in bodies:
            body["statement"] = None
        sent.append((s.code, s, bodies))
    for body in sent[0][2][2:]:
        cut_inventory(body)
        body["statement"] = {"as_on": body["as_on"], "legacy_complete": True}
    send(office, "state", sent, tmp_path)
    return office, chosen[0].code


def see(office):
    return make_national_picture(office, DAYS[8], Limits())


def answer(office, reason="two stations were merged"):
    with office.store() as store:
        for flag in load_flags(store):
            if flag.answer is None and flag.flag.code == "expected-fell":
                answer_flag(store, flag.id, "An officer", reason)


def test_a_lowered_inventory_makes_no_state_done_before_the_flag_is_answered(nation):
    office, code = nation
    picture = see(office)
    own = next(p for p in picture.root.parts if p.code == code)
    assert (grade_of(own), own.cut_on, code in rank_states(picture.root.parts)) == ("cut", str(DAYS[7]), False)
    assert {grade_of(district) for district in own.parts} == {"cut"}
    assert (picture.ends[code].why, picture.ends[code].first, picture.ends[code].likely) == (
        "inventory-cut",
        None,
        None,
    )
    assert (code, "inventory-cut") in picture.projection.without
    assert (picture.lag[code].cause, picture.lag[code].since) == ("inventory-cut", str(DAYS[7]))
    assert as_plain(picture, WORDS["en"], "state")["ends"][code]["why_not"] == "inventory-cut"
    answer(office)
    picture = see(office)
    own = next(p for p in picture.root.parts if p.code == code)
    assert (grade_of(own), own.cut_on, rank_states(picture.root.parts)[code]) == ("99", "", 1)
    assert (picture.ends[code].why, picture.lag[code].cause) == ("done", "none")


def test_table_tiles_map_and_its_own_page_say_why_it_has_no_grade(nation):
    office, code = nation
    picture = see(office)
    [flag] = find_open_cuts(picture.raised).values()
    for words in WORDS.values():
        page = lxml_html.fromstring(render_page(picture, words, load_outline()))
        row = page.get_element_by_id(f"state-{code}").text_content()
        assert words("grade.cut") in row and words("end.inventory-cut") in row and words("grade.99") not in row
        [why] = page.xpath("//section[@aria-labelledby='map']/p[contains(@class, 'cut')]")
        assert flag.id in why.text_content() and words("measure.expected") in why.text_content()
        [tile] = page.xpath(f"//ul[@class='tiles']//a[@href='#state-{code}']")
        assert (tile.get("class"), tile.get("title")) == (
            "g g-cut",
            why.text_content().removeprefix(f"{SIGNS['cut']} "),
        )
        # On a telephone the legend and the lines below it say what the sign of the tile is; its share would look earned.
        assert SIGNS["cut"] in tile.text_content() and not tile.xpath("small")
        assert page.xpath(f"//a[@href='#state-{code}']/path[@class='g-cut']/title")[0].text == tile.get("title")
        assert words("grade.cut") in page.xpath("//ul[@class='legend']")[0].text_content()
        headline = page.xpath("//section[@aria-labelledby='headline']")[0].text_content()
        assert words("ui.cut_mark") in headline
        told = json.loads(page.get_element_by_id("data").text)["told"][code]
        assert any(words("cause.inventory-cut") in sentence for sentence in told)
        own = lxml_html.fromstring(render_page(restrict_to_state(picture, code), words, None))
        assert flag.id in own.xpath("//header/p[@class='missing']")[0].text_content()
        assert words("grade.99") not in own.xpath("//table[contains(@class, 'parts')]")[0].text_content()


def test_a_state_that_says_complete_on_a_lowered_inventory_is_contradicted(nation):
    office, code = nation
    sheet = make_answer_sheet(see(office), DAYS[8])
    assert ("complete-and-cut", code) in {(c.kind, c.code) for c, _ in sheet.against}
    assert dict(sheet.paragraphs)["(d) and (e)"].startswith("[NOT TO BE LAID")
    answer(office)
    assert not make_answer_sheet(see(office), DAYS[8]).against


def test_a_reason_that_was_given_for_one_cut_does_not_cover_the_next(nation, states, tmp_path):
    office, code = nation
    answer(office)
    state = next(s for s in states if s.code == code)
    body = cut_inventory(snapshot(state, 8, 12, DAYS[8], with_stations=True))
    body["stations"][0][3] -= 1
    district = body["districts"][body["stations"][0][2]]
    district["counts"]["expected"] -= 1
    body["totals"]["expected"] -= 1
    body |= {"statement": None, "made_at": f"{DAYS[8]}T17:30:00Z"}
    send(office, "state", [(code, state, [body])], tmp_path)
    assert grade_of(next(p for p in see(office).root.parts if p.code == code)) == "cut"


def test_status_on_the_command_line_gives_no_grade_for_a_lowered_inventory(digitize, nation):
    office, code = nation
    out = digitize("national", "status", "--dir", office.folder, "--as-on", DAYS[8])
    [row] = [line for line in out.splitlines() if line.split()[:1] == [code]]
    assert f"{SIGNS['cut']} no grade" in row and "99 % and more" not in row


def test_a_site_that_lowers_its_inventory_ends_no_state_before_its_office_has_the_reason(states, tmp_path):
    state = max(states, key=lambda s: len(set(s.district.tolist())))
    office = create_office(tmp_path / "state", "state", state.code)
    site = f"{state.code}-one"
    bodies = [snapshot(state, m, 12, DAYS[m], with_stations=True) for m in range(5, 8)]
    for body in bodies:
        body |= {"level": "site", "site": site, "statement": None}
    cut_inventory(bodies[-1])
    send(office, "site", [(site, state, bodies)], tmp_path)
    picture = make_state_picture(office, DAYS[7], Limits())
    assert {grade_of(d) for d in picture.root.parts} == {"cut"}
    assert picture.projection.why == "inventory-cut"
    page = lxml_html.fromstring(render_page(picture, WORDS["en"], None))
    assert "The flag is not answered" in page.xpath("//header/p[@class='missing']")[0].text_content()
    answer(office)
    picture = make_state_picture(office, DAYS[7], Limits())
    assert picture.projection.why == "done" and {grade_of(d) for d in picture.root.parts} == {"99"}
