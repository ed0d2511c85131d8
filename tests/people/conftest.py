"""What the tests of the station share: one workspace, read once and copied, and a hash of passwords that is quick."""

import shutil

import pytest
from argon2 import PasswordHasher
from station_office import make_office, with_settings

from digitize.workspace.place import open_place


@pytest.fixture(scope="session")
def read_office(digitize, samples, tmp_path_factory):
    """A workspace of four pages, mapped and checked."""
    return make_office(digitize, samples, tmp_path_factory.mktemp("office") / "ws", pages=4)


@pytest.fixture(scope="session")
def office_of(read_office, tmp_path_factory):
    """Makes a copy of it under settings of its own."""

    def copy(settings=""):
        folder = tmp_path_factory.mktemp("station") / "ws"
        shutil.copytree(read_office.folder, folder)
        with_settings(folder, settings)
        return open_place(folder)

    return copy


@pytest.fixture(scope="session")
def quick_hash():
    """The least that the hash allows: how dear it is, is its library's affair."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitize.login.people._make_hasher", lambda: quick)
        yield
