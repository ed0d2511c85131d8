"""Models: listed with their state, fetched by package name, compared by hash, never a bad file over a good one."""

import gzip
import hashlib
import io
import tarfile
from functools import cache

import pytest

from digitize.errors import InputError, MachineLacks
from digitize.machine import models
from ocr.errors import EngineMissing
from ocr.languages.language import Model, Npm, known_languages, language
from ocr.tesseract import models as places

DATA = b"a model, as far as anybody can tell"


@pytest.fixture
def own(tmp_path, monkeypatch):
    folder = tmp_path / "own"
    monkeypatch.setattr(places, "own_folder", lambda: folder)
    places.forget()
    yield folder
    places.forget()


def model(data=DATA, member="package/x.gz"):
    npm = Npm(package="@models/xxx", version="1.0.0", member=member, sha256=hashlib.sha256(data).hexdigest())
    return Model(name="xxx-best", use="first", npm=npm)


def archive(folder, data=DATA, member="package/x.gz"):
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / "models-xxx-1.0.0.tgz", "w:gz") as tar:
        packed = gzip.compress(data)
        info = tarfile.TarInfo(member)
        info.size = len(packed)
        tar.addfile(info, io.BytesIO(packed))
    return folder


def test_a_package_fetched_elsewhere_is_installed_and_found(tmp_path, own):
    path = models.install(model(), archive(tmp_path / "fetched"))
    assert path == own / "xxx-best.traineddata" and path.read_bytes() == DATA
    assert places.find_model("xxx-best") == path
    assert [p.name for p in own.iterdir()] == ["xxx-best.traineddata"]


@pytest.mark.parametrize(
    ("there", "says"),
    [
        ({"data": b"another model"}, "not the one that was measured"),
        ({"member": "package/y.gz"}, "has no whole package/x.gz"),
    ],
)
def test_a_package_that_is_not_what_was_measured_changes_nothing(tmp_path, own, there, says):
    own.mkdir()
    (own / "xxx-best.traineddata").write_bytes(b"the good one before")
    with pytest.raises(InputError, match=says):
        models.install(model(), archive(tmp_path / "fetched", **there))
    assert (own / "xxx-best.traineddata").read_bytes() == b"the good one before"


def test_a_folder_that_takes_no_model_is_named_and_nothing_half_is_left(tmp_path, own):
    own.write_text("a file where the folder should be")
    with pytest.raises(MachineLacks, match=r"xxx-best\.traineddata cannot be written"):
        models.install(model(), archive(tmp_path / "fetched"))
    assert own.is_file()


def test_a_folder_without_the_package_says_how_to_fetch_it(tmp_path, own):
    with pytest.raises(InputError, match="npm pack @models/xxx@1.0.0"):
        models.install(model(), tmp_path)


def test_without_npm_the_way_round_it_is_named(own, monkeypatch):
    monkeypatch.setattr(models.shutil, "which", lambda name: None)
    with pytest.raises(MachineLacks, match="npm is needed.*--from FOLDER"):
        models.install(model())


def test_npm_that_cannot_fetch_is_not_a_fault_of_ours(tmp_path, own, monkeypatch):
    fake = tmp_path / "npm"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(models.shutil, "which", lambda name: str(fake))
    with pytest.raises(MachineLacks, match="could not fetch @models/xxx@1.0.0"):
        models.install(model())


def test_a_model_of_the_system_is_left_to_its_package_manager(own):
    with pytest.raises(InputError, match="sudo apt-get install tesseract-ocr-hin"):
        models.install(language("hi").models[0])


def test_a_damaged_model_is_listed_wanted_and_not_read_with(own):
    own.mkdir()
    (own / "ben-best.traineddata").write_bytes(b"half of a mod")
    look = next(x for x in models.list_models() if x.model == "ben-best")
    assert (look.state, look.mend) == ("damaged", "digitize models install bn")
    assert [m.name for m in models.wanted(["ben"])] == ["ben-best"]
    with pytest.raises(EngineMissing, match=r"ben-best\.traineddata is damaged\. Run: digitize models install bn"):
        places.check_whole("ben-best")


def test_every_language_is_listed_with_a_way_to_get_what_is_missing(own, monkeypatch):
    monkeypatch.setattr(places, "find_model", cache(lambda name: None))
    looks = [x for x in models.list_models() if not x.model.endswith(".onnx")]
    assert {x.language for x in looks} == set(known_languages())
    assert all(x.state == "missing" and x.mend for x in looks)


def test_our_own_models_are_listed_and_whole(own):
    listed = {x.model: x for x in models.list_models() if x.model.endswith(".onnx")}
    assert listed["urd_lines.onnx"].language == "ur"
    assert all(x.state == "used" and not x.mend for x in listed.values())
