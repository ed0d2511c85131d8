"""Models: listed with their state, fetched by package name, compared by hash, never a bad file over a good one."""

import gzip
import hashlib
import io
import tarfile

import pytest

from digitize.errors import InputError, MachineLacks
from digitize.machine import models
from ocr.errors import EngineMissing
from ocr.languages.language import Model, Npm, known_languages, language
from ocr.tesseract import folders
from ocr.tesseract import models as places

DATA = b"a model, as far as anybody can tell"


@pytest.fixture
def own(tmp_path, monkeypatch):
    folder = tmp_path / "own"
    monkeypatch.setenv(folders.VARIABLE, str(folder))
    monkeypatch.setattr(folders, "user_folder", lambda: tmp_path / "user")
    folders.forget()
    yield folder
    folders.forget()


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
    path = models.install(model(), own, archive(tmp_path / "fetched"))
    assert path == own / "xxx-best.traineddata" and path.read_bytes() == DATA
    assert folders.find_model("xxx-best") == path
    assert [p.name for p in own.iterdir()] == ["xxx-best.traineddata"]


@pytest.mark.parametrize(
    ("there", "says"),
    [
        ({"data": b"another model"}, "not the one that was measured"),
        ({"member": "package/y.gz"}, "has no complete package/x.gz"),
    ],
)
def test_a_package_that_is_not_what_was_measured_changes_nothing(tmp_path, own, there, says):
    own.mkdir()
    (own / "xxx-best.traineddata").write_bytes(b"the good one before")
    with pytest.raises(InputError, match=says):
        models.install(model(), own, archive(tmp_path / "fetched", **there))
    assert (own / "xxx-best.traineddata").read_bytes() == b"the good one before"


def test_a_folder_that_takes_no_model_is_named_and_nothing_half_is_left(tmp_path, own):
    own.write_text("a file where the folder should be")
    with pytest.raises(MachineLacks, match=r"xxx-best\.traineddata cannot be written"):
        models.install(model(), own, archive(tmp_path / "fetched"))
    assert own.is_file()


def test_a_folder_without_the_package_says_how_to_fetch_it(tmp_path, own):
    with pytest.raises(InputError, match="npm pack @models/xxx@1.0.0"):
        models.install(model(), own, tmp_path)


def test_without_npm_the_way_round_it_is_named(own, monkeypatch):
    monkeypatch.setattr(models.shutil, "which", lambda name: None)
    with pytest.raises(MachineLacks, match="npm is needed.*--from FOLDER"):
        models.install(model(), own)


def test_npm_that_cannot_fetch_is_not_a_fault_of_ours(tmp_path, own, monkeypatch):
    fake = tmp_path / "npm"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(models.shutil, "which", lambda name: str(fake))
    with pytest.raises(MachineLacks, match="could not fetch @models/xxx@1.0.0"):
        models.install(model(), own)


def test_a_model_of_the_system_is_left_to_its_package_manager(own):
    with pytest.raises(InputError, match="sudo apt-get install tesseract-ocr-hin"):
        models.install(language("hi").models[0], own)


def test_a_damaged_model_is_listed_wanted_and_not_read_with(own):
    own.mkdir()
    (own / "ben-best.traineddata").write_bytes(b"half of a mod")
    look = next(x for x in models.list_models() if x.model == "ben-best")
    assert (look.state, look.mend) == ("damaged", f"digitize models install bn --into {own}")
    assert [m.name for m in models.find_missing(["ben"], own)] == ["ben-best"]
    with pytest.raises(
        EngineMissing, match=r"ben-best\.traineddata is damaged\. Run: digitize models install bn --into"
    ):
        places.check_whole("ben-best")


def test_every_language_is_listed_with_a_way_to_get_what_is_missing(own, monkeypatch):
    monkeypatch.setattr(folders, "find_model", lambda name: None)
    looks = [x for x in models.list_models() if not x.model.endswith(".onnx")]
    assert {x.language for x in looks} == set(known_languages())
    assert all(x.state == "missing" and x.mend for x in looks)


def test_our_own_models_are_listed_and_whole(own):
    listed = {x.model: x for x in models.list_models() if x.model.endswith(".onnx")}
    assert listed["urd_lines.onnx"].language == "ur"
    assert all(x.state == "used" and not x.mend for x in listed.values())


def test_a_model_that_this_user_has_is_copied_and_not_fetched(own, tmp_path, monkeypatch):
    monkeypatch.setattr(models, "_fetch_package", lambda *_: pytest.fail("fetched"))
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "xxx-best.traineddata").write_bytes(DATA)
    assert models.install(model(), own).read_bytes() == DATA


def test_a_place_must_be_named_and_a_workspace_has_its_own(digitize, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    digitize("models", "install", "hi", code=2)
    digitize("models", "install", "hi", "--into", tmp_path, "--user", code=2)
    digitize("init", "wb", tmp_path / "ws")
    assert models.folder_for(tmp_path / "ws") == tmp_path / "ws" / "models"
    assert models.folder_for(tmp_path / "any") == tmp_path / "any"


def test_a_workspace_with_a_folder_of_models_looks_into_no_other_but_the_system_s(own, tmp_path, monkeypatch):
    monkeypatch.delenv(folders.VARIABLE)
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "xxx-best.traineddata").write_bytes(DATA)
    assert folders.find_model("xxx-best").parent == tmp_path / "user"
    with folders.searching(tmp_path / "nowhere"):
        assert folders.find_model("xxx-best") is not None
    (tmp_path / "ws").mkdir()
    with folders.searching(tmp_path / "ws"):
        assert folders.find_model("xxx-best") is None
    assert folders.find_model("xxx-best").parent == tmp_path / "user"


def test_a_person_may_have_the_system_s_models_alone(own, monkeypatch):
    own.mkdir()
    (own / "xxx-best.traineddata").write_bytes(DATA)
    assert folders.find_model("xxx-best") is not None
    monkeypatch.setenv(folders.VARIABLE, folders.SYSTEM)
    assert folders.find_model("xxx-best") is None
