"""Files of records are their owner's alone, or a group's; originals are only read; doctor names what is open."""

import base64
import errno
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.errors import DiskFull, InputError, OptionsError, OutputError
from digitize.machine.age_files import check_public, decrypt, encrypt, new_key
from digitize.machine.exposure import open_to_others, told_exposure
from digitize.machine.sealing import read_publics, read_secret, seal, unseal, write_key
from sample_data.makers.planted import plant, read_cases

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
# Made by another program of the format, for this key and none other.
KEY = "AGE-SECRET-KEY-17L3TDQEQUU0FSFRV9UFMF4U8GX0UWNZ5Q30HC6LE37Y2NEZRJNWQVASNRV"
FOREIGN = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBqRVhvSUp1MkY3SklWQXU0OTdtNmdscVBKeFlWdnlEVU5seDJlM3ZXamdrCnM0eU01OEhS"
    "T09TRWlDR01TWldLK3oxREdnV0VjazZyNnZkdER4SmZTRWMKLT4gey1ncmVhc2UgTDskNSQgRlQgSzNfIGUqYmo/CmQwWVVXVUpmejB3eldyUGtK"
    "UXFyQS9DZ2J5L2MwWkJuM0RwVjY1c24zWFhJL3RWa0p2MlFsakpjSW42d3FuaGoKT3FrWVhaL0JoOVZBUGE0NzViMnN1QTJWQXllUWVqNFo2QVFt"
    "RmRMRUhTVUN2K2pFRHljbzRGVm5ScUUKLS0tIEQ3MDZVSE5kdHkxMUl1eWxScm55amtUYnREMi9zdE1XOGg0TTZxZGl2UU0KGd46nLFc5vnehU4X"
    "vofevAxOgoF5ZzHwoAqDxeTC1aag8a8wS0FIP4nNE7Vge+bcCyviRJskCEa23zTyjSzcjcM="
)


def run(*arguments):
    """A command in a process of its own, begun with the usual umask of a desk."""
    code = f"import os, sys; os.umask(0o022); sys.path.insert(0, {str(ROOT)!r}); from digitize.cli.app import run; "
    command = [sys.executable, "-c", code + "sys.exit(run(sys.argv[1:]))", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_all_that_commands_make_is_their_owners_alone(tmp_path):
    ws = plant(tmp_path, read_cases()[:3], run).workspace
    run("load", ws)
    run("load", tmp_path / "flat", "--target", tmp_path / "target.sqlite", "--max-rejects", "100%")
    run("export", ws, "--to", "jsonl", "--out", tmp_path / "all.jsonl")
    run("export", ws, "--to", "csv", "--out", tmp_path / "csv")
    run("review", "export", ws)
    names = ("ws", "all.jsonl", "csv", "target.sqlite")
    made = [p for name in names for p in [tmp_path / name, *(tmp_path / name).rglob("*")]]
    originals = {p for p in made if p.is_file() and "originals" in p.parts}
    assert originals and {mode(p) for p in originals} == {0o400}
    assert {mode(p) for p in made if p.is_dir()} == {0o700}
    # The list of stations and the mapping were laid there by the test.
    by_commands = [p for p in made if p.is_file() and p.parent.name not in ("lists", "mappings")]
    assert {mode(p) for p in by_commands} == {0o400, 0o600}
    assert open_to_others(ws) == []


def test_an_older_workspace_is_closed_when_it_is_opened_and_doctor_names_what_is_open(digitize, tmp_path):
    ws = tmp_path / "ws"
    digitize("init", "wb", ws, "--site", "test")
    ws.chmod(0o755)
    (ws / "ledger.sqlite").chmod(0o644)
    state, found, mend = told_exposure(ws)
    assert state == "warn" and "ws" in found and "o-rwx" in mend
    looks = {x["name"]: x for x in json.loads(_doctor(digitize, ws))["looks"]}
    assert looks["Other accounts"]["state"] == "warn" and "Disk encryption" in looks
    digitize("status", ws)
    assert (mode(ws), mode(ws / "ledger.sqlite")) == (0o700, 0o600)
    assert told_exposure(ws)[0] == "ok"


def _doctor(digitize, ws):
    from typer.testing import CliRunner

    from digitize.cli.app import build

    # Whether this machine has all models does not matter here.
    return CliRunner().invoke(build(), ["doctor", str(ws), "--json"]).stdout


def test_a_group_may_be_named(digitize, tmp_path):
    import grp

    ws = tmp_path / "ws"
    digitize("init", "wb", ws, "--site", "test")
    name = grp.getgrgid(os.getgid()).gr_name
    settings = ws / "digitize.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[access]", f'[access]\ngroup = "{name}"'), encoding="utf-8")
    run("export", ws, "--to", "jsonl")
    assert mode(ws) == 0o2770 and mode(ws / "exports" / "records.jsonl") == 0o660
    settings.write_text(text.replace("[access]", '[access]\ngroup = "no such group"'), encoding="utf-8")
    digitize("status", ws, code=4)


def sealed(data, *publics):
    out = io.BytesIO()
    encrypt(io.BytesIO(data), out, publics)
    return out.getvalue()


def opened(data, secret):
    out = io.BytesIO()
    decrypt(io.BytesIO(data), out, secret)
    return out.getvalue()


@given(st.binary(max_size=200_000))
def test_what_is_encrypted_comes_back_for_its_keys_alone(data):
    (secret, public), (other, second) = new_key(), new_key()
    whole = sealed(data, public, second)
    for key in (secret, other):
        assert opened(whole, key) == data
    with pytest.raises(InputError, match="not encrypted to this key"):
        opened(whole, new_key()[0])


@given(st.integers(0, 80_000), st.integers(0, 7))
def test_any_changed_or_lost_byte_is_seen(place, bit):
    secret, public = new_key()
    whole = sealed(b"x" * 70_000, public)
    # Heads differ in length: the library puts something at random into each.
    at = place % len(whole)
    changed = whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :]
    for wrong in (changed, whole[:at], whole + b"x"):
        with pytest.raises(InputError):
            opened(wrong, secret)


def test_what_is_wrong_with_a_sealed_file_is_told():
    secret, public = new_key()
    whole = sealed(b"x" * 70_000, public)
    for wrong, told in (
        (b"an ordinary letter", "not an encrypted file"),
        (b"", "not an encrypted file"),
        (whole[:60], "the head"),
        (whole[:-1], "altered or truncated"),
    ):
        with pytest.raises(InputError, match=told):
            opened(wrong, secret)


def test_a_file_of_another_program_is_read():
    assert opened(base64.b64decode(FOREIGN), KEY) == b"the petition of one hundred words"


@given(st.integers(0, 50))
def test_a_key_with_a_wrong_letter_is_no_key(at):
    secret, public = new_key()
    assert check_public(f" {public} ") == public
    place = 4 + at % (len(public) - 4)
    wrong = public[:place] + ("q" if public[place] != "q" else "p") + public[place + 1 :]
    with pytest.raises(OptionsError, match="not a public key"):
        check_public(wrong)
    with pytest.raises(OptionsError, match="not a secret key") as told:
        opened(b"", secret[:20] + ("Q" if secret[20] != "Q" else "P") + secret[21:])
    assert secret[21:] not in str(told.value)


class Filled(io.BytesIO):
    """A file on a disk that is full from some write on."""

    def __init__(self, most):
        super().__init__()
        self._most = most

    def write(self, data):
        self._most -= 1
        if self._most < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("size", [10, 500_000])
def test_a_disk_that_is_full_at_any_write_is_told(size):
    secret, public = new_key()
    whole = Filled(10_000)
    encrypt(io.BytesIO(b"x" * size), whole, [public])
    # The last write of all, too, whose error the library loses.
    for most in range(10_000 - whole._most):
        with pytest.raises(OSError, match="No space left"):
            encrypt(io.BytesIO(b"x" * size), Filled(most), [public])
    with pytest.raises(OSError, match="No space left"):
        decrypt(io.BytesIO(whole.getvalue()), Filled(0), secret)


def test_a_full_disk_or_an_unreadable_file_leaves_no_sealed_file(tmp_path, monkeypatch):
    public = write_key(tmp_path / "office.key")
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "records").write_bytes(b"x" * 3_000_000)
    # Longer than a pipe holds: whoever packs must not wait for ever for a reader that is gone.
    with monkeypatch.context() as full:
        full.setattr(Path, "open", lambda *_: Filled(1))
        with pytest.raises(DiskFull):
            seal(folder, tmp_path / "backup.tar.age", [public])
    with monkeypatch.context() as broken:
        broken.setattr(tarfile.TarFile, "addfile", refuse)
        with pytest.raises(OutputError):
            seal(folder, tmp_path / "backup.tar.age", [public])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backup", "office.key"]
    made = seal(folder, tmp_path / "backup.tar.age", read_publics([public]))
    unseal(made, tmp_path / "office.key", tmp_path / "back")
    assert (tmp_path / "back" / "backup" / "records").read_bytes() == b"x" * 3_000_000


def refuse(*_, **__):
    raise PermissionError(errno.EACCES, "Permission denied")


def test_a_large_file_is_sealed_and_opened_in_memory_that_does_not_grow(tmp_path):
    code = (
        "import resource, sys; from pathlib import Path; from digitize.machine.sealing import seal, unseal, write_key; "
        "at = Path(sys.argv[1]); public = write_key(at / 'key'); big = at / 'big'; big.touch(); "
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; before = peak(); "
        "import os; os.truncate(big, 100 << 20); seal(big, at / 'big.age', [public]); "
        "unseal(at / 'big.age', at / 'key', at / 'back'); assert (at / 'back').stat().st_size == 100 << 20; "
        "print(peak() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(done.stdout) < 30_000


def test_exports_and_backups_go_out_encrypted(digitize, tmp_path):
    ws, key = tmp_path / "ws", tmp_path / "office.key"
    digitize("init", "wb", ws, "--site", "test")
    public = digitize.json("decrypt", "--new-key", key)["public"]
    assert mode(key) == 0o600 and opened(sealed(b"x", public), read_secret(key)) == b"x"
    digitize("decrypt", "--new-key", key, code=4)
    made = Path(digitize.json("export", ws, "--to", "jsonl", "--encrypt-to", public)["path"])
    assert made.name == "records.jsonl.age" and [p.name for p in made.parent.iterdir()] == [made.name]
    digitize("decrypt", made, "--key", key, "--out", tmp_path / "records.jsonl")
    assert (tmp_path / "records.jsonl").read_bytes() == b""
    packed = Path(digitize.json("encrypt", ws, "--to", public, "--out", tmp_path / "ws.tar.age")["path"])
    digitize("decrypt", packed, "--key", key, "--out", tmp_path / "back")
    assert (tmp_path / "back" / "ws" / "ledger.sqlite").read_bytes() == (ws / "ledger.sqlite").read_bytes()
    digitize("export", ws, "--encrypt-to", "age1wrong", code=4)
    with pytest.raises((InputError, OptionsError)):
        unseal(packed, key, tmp_path / "back")
