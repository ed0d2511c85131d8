"""Bundles: what is not whole or not signed is refused, versions stand beside each other, and one goes back."""

import base64
import hashlib
import json
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from digitize.errors import UpdateRefused
from digitize.machine import installing
from digitize.machine.signing import create_key

ROOT = Path(__file__).parents[2]
SEAL = runpy.run_path(str(ROOT / "tools" / "bundle" / "seal.py"))["seal"]
NEEDED = runpy.run_path(str(ROOT / "tools" / "needed_lock.py"))
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def make_wheel(folder: Path, says: str) -> Path:
    """A wheel of the toolkit's name with nothing in it but a command that prints."""
    info = "cctns_digitize-9.9.0.dist-info"
    files = {
        "told.py": f"def main():\n    print({says!r})\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: cctns-digitize\nVersion: 9.9.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ndigitize = told:main\n",
    }
    lines = []
    path = folder / "cctns_digitize-9.9.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(text)}")
        archive.writestr(f"{info}/RECORD", "\n".join([*lines, f"{info}/RECORD,,"]) + "\n")
    return path


def make_bundle(folder: Path, says: str = "first", key: Path | None = None) -> Path:
    (folder / "wheels").mkdir(parents=True)
    make_wheel(folder / "wheels", says)
    (folder / "requirements.lock").write_text("")
    SEAL(folder, PYTHON, key)
    return folder


def sealed_at(folder: Path, made: str, key: Path) -> Path:
    """The bundle as if it had been made at another time."""
    told = json.loads((folder / installing.MANIFEST).read_text()) | {"made": made}
    text = json.dumps(told)
    (folder / installing.MANIFEST).write_text(text)
    sums = (folder / installing.SUMS).read_text().splitlines()
    own = f"{hashlib.sha256(text.encode()).hexdigest()}  {installing.MANIFEST}"
    (folder / installing.SUMS).write_text("\n".join(own if s.endswith(installing.MANIFEST) else s for s in sums) + "\n")
    from digitize.machine.signing import open_key

    signer = open_key(key)
    signature = signer.sign((folder / installing.SUMS).read_bytes())
    (folder / installing.SIGNATURE).write_text(f"{signer.public}\n{signature}\n")
    return folder


def pretend(prefix: Path, name: str, made: str) -> None:
    """A version that is whole, without its environment."""
    (prefix / "versions" / name).mkdir(parents=True)
    (prefix / "versions" / name / "installed").write_text(json.dumps({"version": "1", "made": made}))


@pytest.fixture
def key(tmp_path):
    create_key(tmp_path / "maker.pem")
    return tmp_path / "maker.pem"


def test_a_whole_bundle_opens_and_its_name_holds_its_content(tmp_path):
    one, two = (installing.open_bundle(make_bundle(tmp_path / n, says=n)) for n in ("one", "two"))
    assert one.version and one.python == PYTHON and one.name.startswith(f"{one.version}-") and one.name != two.name


@pytest.mark.parametrize(
    "fault", ["altered", "missing", "more", "link", "outside", "twice", "no sums", "newer format", "cut"]
)
def test_a_bundle_that_is_not_whole_is_refused_and_told(tmp_path, fault):
    folder = make_bundle(tmp_path / "bundle")
    lock, sums = folder / "requirements.lock", folder / installing.SUMS
    if fault == "altered":
        lock.write_text("evil==1\n")
    elif fault == "missing":
        lock.unlink()
    elif fault == "more":
        (folder / "wheels" / "evil.whl").write_text("")
    elif fault == "link":
        (tmp_path / "same").write_bytes(lock.read_bytes())
        lock.unlink()
        lock.symlink_to(tmp_path / "same")
    elif fault == "outside":
        (tmp_path / "evil").write_text("x")
        sums.write_text(sums.read_text() + f"{hashlib.sha256(b'x').hexdigest()}  ../evil\n")
    elif fault == "twice":
        sums.write_text(sums.read_text() * 2)
    elif fault == "no sums":
        sums.unlink()
    elif fault == "newer format":
        told = json.dumps({"format": 2})
        (folder / installing.MANIFEST).write_text(told)
        own = f"{hashlib.sha256(told.encode()).hexdigest()}  {installing.MANIFEST}"
        kept = [s for s in sums.read_text().splitlines() if not s.endswith(installing.MANIFEST)]
        sums.write_text("\n".join([*kept, own]) + "\n")
    elif fault == "cut":
        sums.write_text(sums.read_text()[:-9])
    with pytest.raises(UpdateRefused):
        installing.open_bundle(folder)


def test_only_a_signature_by_a_trusted_key_over_these_sums_counts(tmp_path, key):
    create_key(tmp_path / "other.pem")
    trusted = key.with_suffix(".pub")
    signed = installing.open_bundle(make_bundle(tmp_path / "signed", key=key))
    installing.check_signature(signed, trusted)
    for name, by in (("unsigned", None), ("other", tmp_path / "other.pem")):
        with pytest.raises(UpdateRefused):
            installing.check_signature(installing.open_bundle(make_bundle(tmp_path / name, key=by)), trusted)
    with pytest.raises(UpdateRefused, match="keys trusted to sign"):
        installing.check_signature(signed, tmp_path / "none.pub")
    moved = make_bundle(tmp_path / "moved", says="evil")
    (moved / installing.SIGNATURE).write_bytes((signed.folder / installing.SIGNATURE).read_bytes())
    with pytest.raises(UpdateRefused, match="signature is wrong"):
        installing.check_signature(installing.open_bundle(moved), trusted)
    (moved / installing.SIGNATURE).write_text("zz zz")
    with pytest.raises(UpdateRefused):
        installing.check_signature(installing.open_bundle(moved), trusted)


def test_a_key_of_the_signature_alone_is_not_trusted_at_the_first_installation(tmp_path, key, monkeypatch):
    create_key(tmp_path / "evil.pem")
    evil = (tmp_path / "evil.pub").read_text().strip()
    monkeypatch.setattr(installing, "install", lambda b, p: p / b.name)
    for name, by in (("signed", key), ("plain", None)):
        folder = make_bundle(tmp_path / name, key=by)
        own = hashlib.sha256((folder / installing.SUMS).read_bytes()).hexdigest()
        (folder / installing.SIGNATURE).write_text(f"{evil}\n00\n")
        assert installing.main([str(folder), str(tmp_path / f"to-{name}"), "0" * 64]) == 1
        assert installing.main([str(folder), str(tmp_path / f"to-{name}"), own]) == 0
    trusted = tmp_path / "to-signed" / "trusted.pub"
    assert trusted.read_text() == key.with_suffix(".pub").read_text().split()[0] + "\n"
    assert not (tmp_path / "to-plain" / "trusted.pub").exists()
    trusted.chmod(0o666)
    with pytest.raises(UpdateRefused, match="anybody"):
        installing.check_signature(installing.open_bundle(tmp_path / "signed"), trusted)


@pytest.mark.parametrize("name", ["wheels/cctns_digitize-9.9.0-py3-none-any.whl", "requirements.lock"])
def test_what_is_altered_after_the_check_is_not_installed(tmp_path, name, monkeypatch):
    bundle = installing.open_bundle(make_bundle(tmp_path / "bundle"))
    (bundle.folder / name).write_bytes(b"evil")
    (tmp_path / "opt").mkdir()
    monkeypatch.setattr(installing, "_install_from", lambda *_: pytest.fail("it is installed"))
    with pytest.raises(UpdateRefused, match="altered"):
        installing.install(bundle, tmp_path / "opt")
    assert list((tmp_path / "opt").iterdir()) == []


def test_the_signature_is_over_the_sums_that_were_compared(tmp_path, key):
    good = make_bundle(tmp_path / "good", key=key)
    bundle = installing.open_bundle(make_bundle(tmp_path / "evil", says="evil"))
    for name in (installing.SUMS, installing.SIGNATURE):
        (bundle.folder / name).write_bytes((good / name).read_bytes())
    with pytest.raises(UpdateRefused, match="signature is wrong"):
        installing.check_signature(bundle, key.with_suffix(".pub"))


def test_the_installer_runs_nothing_that_lies_beside_the_bundle_unlisted(tmp_path):
    folder = make_bundle(tmp_path / "bundle")
    (folder / "debs").mkdir()
    (folder / "debs" / "wanted").write_text("")
    SEAL(folder, PYTHON, None)
    own = hashlib.sha256((folder / installing.SUMS).read_bytes()).hexdigest()
    (folder / "digitize" / "machine").mkdir(parents=True)
    (folder / "digitize" / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    (folder / "wheels" / "cctns_digitize-0.whl").write_text("")
    (folder / "install.sh").write_bytes((ROOT / "tools" / "bundle" / "install.sh").read_bytes())
    done = subprocess.run(
        ["bash", "install.sh", "--no-system", "--prefix", str(tmp_path / "opt"), "--sum", own],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert not (tmp_path / "ran").exists()
    assert done.returncode and "install.sh: line" not in done.stderr, done.stderr


@pytest.mark.slow
def test_installed_updated_and_back_without_a_network(tmp_path, key):
    prefix = tmp_path / "opt"
    first = make_bundle(tmp_path / "first", key=key)
    assert installing.main([str(first), str(prefix)]) == 0
    command = prefix / "bin" / "digitize"
    assert subprocess.run([command], capture_output=True, text=True).stdout == "first\n"
    name = installing.in_use(prefix)
    # Killed in between, a version lacks its last file: it is made anew, and what was in use stays in use.
    newer = sealed_at(make_bundle(tmp_path / "newer", says="second", key=key), "2999-01-01T00:00:00+00:00", key)
    (prefix / "versions" / installing.open_bundle(newer).name / "half").mkdir(parents=True)
    assert installing.update(newer, prefix) != name
    assert subprocess.run([command], capture_output=True, text=True).stdout == "second\n"
    assert installing.roll_back(prefix) == name
    assert subprocess.run([command], capture_output=True, text=True).stdout == "first\n"


def test_a_bundle_made_before_the_version_in_use_is_not_an_update(tmp_path, key):
    prefix = tmp_path / "opt"
    pretend(prefix, "1-now", "2998-01-01T00:00:00+00:00")
    installing.use(prefix, "1-now")
    (prefix / "trusted.pub").write_bytes(key.with_suffix(".pub").read_bytes())
    old = make_bundle(tmp_path / "old", key=key)
    with pytest.raises(UpdateRefused, match="--older"):
        installing.update(old, prefix)
    assert installing.in_use(prefix) == "1-now"


def test_going_back_skips_versions_that_were_taken_away(tmp_path):
    for n, name in enumerate(("a", "b", "c")):
        pretend(tmp_path, name, f"202{n}-01-01T00:00:00+00:00")
        installing.use(tmp_path, name)
    (tmp_path / "versions" / "b" / "installed").unlink()
    assert installing.roll_back(tmp_path) == "a"
    assert [name for name, _ in installing.installed_versions(tmp_path)] == ["c", "a"]
    (tmp_path / "versions" / "c" / "installed").unlink()
    with pytest.raises(UpdateRefused):
        installing.roll_back(tmp_path)


def test_a_checkout_is_not_updated_by_a_bundle():
    with pytest.raises(UpdateRefused, match="not installed from a bundle"):
        installing.prefix_of_this()


def test_of_the_lock_only_what_an_installation_needs(tmp_path):
    lock = "Aa_b==1 \\\n    --hash=sha256:11\ncc==2 ; python_version < '3' \\\n    --hash=sha256:22\n"
    report = {"install": [{"metadata": {"name": "aa-b"}}, {"metadata": {"name": "cctns-digitize"}}]}
    assert NEEDED["needed"](lock, report) == "Aa_b==1 \\\n    --hash=sha256:11\n"
    with pytest.raises(KeyError, match="zz"):
        NEEDED["needed"](lock, {"install": [{"metadata": {"name": "zz"}}]})
    wheel = tmp_path / "cc-2-py3-none-any.whl"
    wheel.write_bytes(b"built")
    assert NEEDED["pinned"](lock, wheel).splitlines()[-1].endswith(hashlib.sha256(b"built").hexdigest())
