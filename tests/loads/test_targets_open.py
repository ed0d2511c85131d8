"""Which target a text means: asked of the kinds themselves, without opening or importing anything costly."""

import subprocess
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from digitize.errors import OptionsError, TargetRefused
from digitize.targets.open import check_target_text, find_kind, known_targets, load_kinds, open_target
from digitize.targets.own_tables import opening
from digitize.targets.postgres.address import parse_address
from digitize.workspace.place import create, open_place
from digitize.workspace.target import open_place_target

MEANT = {
    "postgresql://u@h/db": "postgres",
    "postgres://h/x.sqlite": "postgres",
    "loaded/cctns.sqlite": "sqlite",
    "A.DB": "sqlite",
    "csv:out": "csv_files",
    "csv:out.sqlite": "csv_files",
    "parquet:/data/out": "parquet",
    "out.csv": None,
    "": None,
}


@pytest.mark.parametrize(("text", "name"), MEANT.items())
def test_the_kinds_say_which_texts_mean_them(text, name):
    assert find_kind(text) is (load_kinds()[name] if name else None)


def test_no_text_means_two_kinds():
    ways = [way for kind in load_kinds().values() for way in (*kind.prefixes, *kind.endings)]
    assert len(ways) == len(set(ways))


def test_a_text_that_means_nothing_is_answered_with_what_all_kinds_say_of_themselves():
    with pytest.raises(OptionsError) as e:
        open_target("out.csv")
    assert all(kind.help in str(e.value) for kind in load_kinds().values())
    assert known_targets() in str(e.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secret@h/db",
        "postgresql://u:se%2Fcret@h:5432/db?sslmode=require",
        "postgresql://h/db?password=secret",
        "postgresql://h/db?sslmode=require&pass%77ord=secret",
        "postgresql://h/db?sslpassword=secret",
        "postgresql:///db?user=u&password=secret",
        "postgresql://u@h/db",
        "postgresql://u:@h/db",
        "postgresql://h:5432/db?application_name=a:b@c",
        "postgresql://u@h1:1,h2:2/db?passfile=p",
    ],
)
def test_a_password_is_found_as_libpq_finds_it(url):
    def refused(check):
        try:
            check(url)
        except OptionsError:
            return True
        return False

    assert refused(check_target_text) == refused(parse_address)


def test_asking_which_target_is_meant_imports_nothing_costly():
    code = (
        "import sys, digitize.targets.open as o\n"
        "o.check_target_text('postgresql://u@h/db'), o.check_target_text('loaded/cctns.sqlite')\n"
        "print(sorted({'psycopg', 'polars', 'pydantic', 'mappers'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("target", ["loaded/cctns.sqlite", "loaded/old", "csv:loaded/out", "parquet:loaded/out"])
def test_a_workspace_loads_into_its_own_folder(tmp_path, target):
    folder = tmp_path / "w"
    create("wb", folder)
    made = open_place_target(open_place(folder, {"load.target": target}))
    assert Path(made.name.rpartition(":")[2]) == folder / target.rpartition(":")[2]
    made.close()


def test_a_layout_is_refused_by_a_target_that_cannot_fill_one(tmp_path):
    folder = tmp_path / "w"
    create("wb", folder)
    for target in ("csv:out", "postgresql://u@h/db"):
        with pytest.raises(OptionsError, match="export in that layout"):
            open_place_target(open_place(folder, {"load.target": target, "load.layout": "t_state"}))


def test_a_role_without_rights_is_told_what_the_target_said(monkeypatch):
    """Whether the schema is a book cannot be asked there; that question's own error told nobody anything."""

    def refused(*_):
        raise TargetRefused("permission denied for schema cctns")

    @contextmanager
    def connected(_):
        yield SimpleNamespace(transaction=nullcontext)

    def unseen(*_):
        raise psycopg.errors.UndefinedTable("meta")

    monkeypatch.setattr(opening, "PostgresTarget", refused)
    monkeypatch.setattr(opening, "connect", connected)
    monkeypatch.setattr(opening, "find_layout_in", unseen)
    with pytest.raises(TargetRefused, match="permission denied"):
        open_target("postgresql://reader@db.example/cctns", "cctns")
