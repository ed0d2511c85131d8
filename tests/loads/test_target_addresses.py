"""A SQLite target is a path; an address in its place is refused before anything is made."""

import pytest

from digitize.errors import OptionsError
from digitize.targets.open import check_target_text, open_target


@pytest.mark.parametrize(
    ("text", "path"),
    [("sqlite:/data/t.db", "/data/t.db"), ("sqlite:///data/t.db", "/data/t.db"), ("SQLite:t.sqlite", "t.sqlite")],
)
@pytest.mark.parametrize("use", [check_target_text, open_target])
def test_an_address_of_sqlite_is_refused_with_the_path_to_write(use, text, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OptionsError, match=f"by its path alone: {path}, not {text}"):
        use(text)
    assert not list(tmp_path.iterdir())


def test_a_path_is_no_address(tmp_path):
    check_target_text(str(tmp_path / "sqlite" / "t.db"))
