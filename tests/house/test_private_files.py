"""Files of records are their owner's alone, or a group's; originals are only read; doctor names what is open."""

import base64
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.trust_planted import plant, read_cases
from digitize.errors import InputError, OptionsError
from digitize.machine.age_format import AgeWriter, decrypted, new_key, public_of
from digitize.machine.bech32 import decode, encode
from digitize.machine.exposure import open_to_others, told_exposure
from digitize.machine.sealing import read_secret, unseal

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


@given(st.binary(max_size=200_000))
def test_what_is_encrypted_comes_back_for_its_keys_alone(data):
    (secret, public), (other, second) = new_key(), new_key()
    out = io.BytesIO()
    writer = AgeWriter(out, [public, second])
    writer.write(data)
    writer.close()
    for key in (secret, other):
        assert b"".join(decrypted(io.BytesIO(out.getvalue()), key)) == data
    with pytest.raises(InputError):
        b"".join(decrypted(io.BytesIO(out.getvalue()), new_key()[0]))


@given(st.data())
def test_any_changed_or_lost_byte_is_seen(data):
    secret, public = new_key()
    out = io.BytesIO()
    writer = AgeWriter(out, [public])
    writer.write(b"x" * 70_000)
    writer.close()
    whole = out.getvalue()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ (1 << data.draw(st.integers(0, 7)))]) + whole[at + 1 :]
    for wrong in (changed, whole[:at], whole + b"x"):
        with pytest.raises(InputError):
            b"".join(decrypted(io.BytesIO(wrong), secret))


def test_a_file_of_another_program_is_read():
    assert b"".join(decrypted(io.BytesIO(base64.b64decode(FOREIGN)), KEY)) == b"the petition of one hundred words"


@given(st.binary(min_size=32, max_size=32), st.integers(0, 50))
def test_a_key_with_a_wrong_letter_is_no_key(raw, at):
    text = encode("age", raw)
    assert decode("age", text) == raw
    place = 4 + at % (len(text) - 4)
    wrong = text[:place] + ("q" if text[place] != "q" else "p") + text[place + 1 :]
    with pytest.raises(ValueError):
        decode("age", wrong)


def test_exports_and_backups_go_out_encrypted(digitize, tmp_path):
    ws, key = tmp_path / "ws", tmp_path / "office.key"
    digitize("init", "wb", ws, "--site", "test")
    public = digitize.json("decrypt", "--new-key", key)["public"]
    assert mode(key) == 0o600 and public_of(read_secret(key)) == public
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
