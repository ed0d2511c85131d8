"""The review station from login to sign-off, asked as a browser asks."""

import pytest
from station_office import Browser, make_office, open_station, run


@pytest.fixture(scope="module", autouse=True)
def quick_hash():
    """The least that the hash allows: how dear it is, is its library's affair."""
    from argon2 import PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitize.review.station.people._hasher", lambda: HASHER)
        yield


from argon2 import PasswordHasher  # noqa: E402

HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="module")
def place(digitize, samples, tmp_path_factory):
    return make_office(digitize, samples, tmp_path_factory.mktemp("station") / "ws")


def test_it_runs(place):
    served, app = open_station(place)
    asha = Browser(app, "Asha")
    for path in ("/", "/key", "/carpet", "/disagreements"):
        status, headers, body = asha.get(path)
        print(path, status, headers, body[:300])
    items = asha.items("n=5")
    for i in items: print(i)
    print(asha.answer(items[0], "77"))
    print(asha.answer(items[0], "77"))
    print(asha.json("/api/next?n=2"))
    print(asha.get(items[0]["picture"])[:2])
    print(asha.get(items[0]["pagePicture"])[:2])
    served.close()
