"""What a person at the desk is told of where they are: labels, books, queues."""

import pytest
from station_office import Browser, open_station

pytestmark = pytest.mark.usefixtures("quick_hash")


@pytest.fixture(scope="module")
def made(office_of):
    return office_of("sample_share = 0.0\nknown_share = 0.0\n")


@pytest.fixture(scope="module")
def browsers(made, quick_hash):
    served, app = open_station(made)
    yield {name: Browser(app, name, served=served) for name in ("Asha", "Sup", "Adm")}
    served.close()


def ask(browser, query):
    """The items that a person is given, let go again."""
    items = browser.items(query)
    for item in items:
        browser.served.room.run_and_wait(lambda room, base=item["id"]: room.worklist.release(room.worklist.ids[base]))
    return items


def test_a_field_is_asked_by_the_words_of_its_paper_and_its_place_by_the_books_name(browsers):
    item = next(i for i in ask(browsers["Asha"], "n=50") if i["field"].startswith("acts"))
    assert item["label"] == "Acts and Sections, Other Acts & Sections"
    assert item["printed"] == ""
    assert item["where"] == f"a, page {int(item['page'][-4:])}"


def test_in_another_language_the_words_of_the_paper_stand_beside_the_label(browsers):
    sup = browsers["Sup"]
    sup.form("/language", language="hi")
    item = next(i for i in ask(sup, "n=50") if i["field"] == "fir_date")
    assert (item["printed"], item["printedLang"]) == ("FIR No.: Date", "en")
    assert item["label"].endswith("(1)") and item["where"].startswith("a, पृष्ठ ")
    sup.form("/language", language="en")


def test_the_first_page_names_forms_and_fields_and_no_ids(browsers):
    page = browsers["Asha"].get("/")[2].decode()
    assert "FIRs (IIF-I)" in page and ">iif1<" not in page
    assert "Acts and sections" in page and "acts.act" not in page.replace("field=acts.act", "")


def test_a_batch_is_shown_by_its_books_and_its_fields_by_their_labels(browsers):
    asha = browsers["Asha"]
    item = ask(asha, "n=1&field=fir_no")[0]
    assert asha.answer(item, "101")["state"] == "kept"
    page = browsers["Sup"].get("/quality")[2].decode()
    assert "<bdi>a</bdi> <small>" in page and "(1)</bdi> <span" in page
