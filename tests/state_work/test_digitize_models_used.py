"""A run keeps which models it read with; status says when those on this machine are others."""

import pytest

from digitize.workspace.ledger import Ledger
from digitize.workspace.models_used import models_differ, record_models
from digitize.workspace.place import open_place
from ocr.tesseract import folders


@pytest.fixture
def place(digitize, tmp_path, monkeypatch):
    """A workspace on a machine whose system has one model of Hindi and one of Bengali."""
    monkeypatch.delenv(folders.VARIABLE, raising=False)
    system = tmp_path / "system"
    system.mkdir()
    for name in ("hin", "ben"):
        (system / f"{name}.traineddata").write_bytes(name.encode())
    monkeypatch.setattr(folders, "system_folder", lambda: system)
    folders._find.cache_clear()
    digitize("init", "wb", tmp_path / "ws")
    yield open_place(tmp_path / "ws")
    folders._find.cache_clear()


def read(ledger, page, language, form="x"):
    """What reading a page leaves in the ledger: of a form, or, with form None, of a register."""
    ledger.finish(page, "recognise", f"{page} r", {}, {"form": form})
    if form is None:
        ledger.finish(page, "register", f"{page} g", {}, {"form": "y"})
    ledger.finish(page, "decide", f"{page} d", {}, {"language": language})


def put(place, name, data):
    (place.models / f"{name}.traineddata").write_bytes(data)
    folders._find.cache_clear()


def notes(ledger):
    return ledger.execute("SELECT COUNT(*) AS n FROM events WHERE step = 'models'").fetchone()["n"]


def test_models_are_noted_once_with_name_and_hash(place):
    with Ledger(place.ledger) as ledger:
        record_models(ledger, place)
        record_models(ledger, place)
        assert notes(ledger) == 1
        detail = ledger.state("wb", "models").detail
    hindi = {m["name"]: m["sha256"] for m in detail["hi"]}
    assert len(hindi["hin"]) == 64 and hindi["hin-best"] == ""


def test_status_says_in_which_language_pages_were_read_with_other_models(digitize, place):
    with Ledger(place.ledger) as ledger:
        record_models(ledger, place)
        read(ledger, "p1", "hi")
        read(ledger, "p2", "hi", form=None)
        read(ledger, "p3", "bn")
        assert models_differ(ledger, place) == []
        put(place, "hin-best", b"better")
        [found] = models_differ(ledger, place)
        assert (found.language, found.pages, found.then, found.now) == ("hi", 2, ("hin",), ("hin", "hin-best"))
        record_models(ledger, place)
        read(ledger, "p4", "hi")
        assert notes(ledger) == 2
        assert [x.pages for x in models_differ(ledger, place)] == [2]
    assert digitize.json("status", place.folder)["models_differ"][0]["pages"] == 2
    assert "hin then, hin, hin-best now" in digitize("status", place.folder)


def test_another_version_of_a_model_is_told_and_another_time_of_the_file_is_not(place):
    put(place, "hin-best", b"better")
    with Ledger(place.ledger) as ledger:
        record_models(ledger, place)
        read(ledger, "p1", "hi")
        put(place, "hin-best", b"better")
        assert models_differ(ledger, place) == []
        put(place, "hin-best", b"best of all")
        [found] = models_differ(ledger, place)
        assert found.then == found.now and "another version" in found.line()


def test_a_workspace_never_read_in_has_nothing_to_compare(digitize, place):
    assert digitize.json("status", place.folder)["models_differ"] == []
