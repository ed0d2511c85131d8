"""What is kept when names are shown in full: who, why, which fields of which records, and the file."""

import hashlib
import json

import pytest

from digitize.errors import OptionsError
from digitize.masking.unmasking import ShownFields, check_unmasking, write_record


@pytest.mark.parametrize("reason", ["x", "court", "courtorder12", "a b", "1/2026", "a  b c d e", "...... ......"])
def test_a_reason_that_says_nothing_is_refused(reason):
    with pytest.raises(OptionsError):
        check_unmasking(unmask=True, reason=reason, operator="A. Rao", user="u@h")


def test_who_asks_must_be_named():
    with pytest.raises(OptionsError, match="--operator"):
        check_unmasking(unmask=True, reason="court order 12/2026", operator=" ", user="u@h")
    assert check_unmasking(unmask=False, reason="", operator="", user="u@h") is None
    who = check_unmasking(unmask=True, reason="न्यायालय का आदेश 12/2026", operator=" A. Rao ", user="u@h")
    assert (who.operator, who.user) == ("A. Rao", "u@h")


def test_records_are_counted_and_the_first_are_named():
    shown = ShownFields()
    for i in range(500):
        shown.add(f"r{i}", ["persons[0].name", "persons[7].name"])
    shown.add("untouched", [])
    plain = shown.as_plain()
    ids = "".join(f"r{i}\n" for i in range(500)).encode()
    assert (plain["records"], len(plain["ids"]), plain["fields"]) == (500, 200, ["persons.name"])
    assert plain["ids_sha256"] == hashlib.sha256(ids).hexdigest()


def test_record_beside_a_file_has_its_hash(tmp_path):
    out = tmp_path / "r.html"
    out.write_bytes(b"x")
    who = check_unmasking(unmask=True, reason="court order 12/2026", operator="A. Rao", user="u@h")
    kept = json.loads(write_record(out, who, ShownFields(), "2026-01-31T10:00:00+00:00").read_text(encoding="utf-8"))
    assert kept["files"] == {"r.html": hashlib.sha256(b"x").hexdigest()}
