"""An office with a store of its own in each test; making its tables and keys takes longer than what is tested."""

import shutil

import pytest

from digitize.targets.sqlite import SqliteTarget
from sample_data.makers.exchange import ExchangeWorld, case, load


@pytest.fixture(scope="session")
def exchange_template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exchange")
    target = SqliteTarget(folder / "cctns.sqlite")
    load(target, "book-1", [r for n in range(1, 5) for r in case(n)])
    ExchangeWorld(target, folder)
    target.close()
    return folder


@pytest.fixture
def world(exchange_template, tmp_path):
    shutil.copytree(exchange_template, tmp_path, dirs_exist_ok=True)
    target = SqliteTarget(tmp_path / "cctns.sqlite")
    yield ExchangeWorld(target, tmp_path)
    target.close()
