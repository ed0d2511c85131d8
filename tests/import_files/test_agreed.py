"""What is agreed to be refused means the same in every command."""

import pytest

from digitize.cli.options import failed_share
from digitize.errors import OptionsError
from digitize.files.agreed_limit import parse_agreed


@pytest.mark.parametrize(
    ("text", "refused", "total", "is_agreed"),
    [
        ("20", 20, 1000, True),
        ("20", 21, 100_000, False),
        ("20 records", 20, 1000, True),
        ("1 row", 1, 1, True),
        ("20%", 200, 1000, True),
        ("20%", 201, 1000, False),
        ("0.5%", 5, 1000, True),
        ("0.5%", 6, 1000, False),
        ("29%", 29, 100, True),  # as floats .29 of 100 are less than 29
        ("100%", 7, 7, True),
        ("0", 1, 1000, False),
        ("0%", 0, 0, True),
    ],
)
def test_a_number_is_of_records_and_a_sign_makes_it_a_share(text, refused, total, is_agreed):
    assert parse_agreed(text).allows(refused, total) == is_agreed


@pytest.mark.parametrize("text", ["", "many", "-1", "120%", "0.005", "0.5", "1.5", "1.5 records", "२०", "1e3", "nan"])
def test_what_may_mean_two_things_or_none_is_refused(text):
    with pytest.raises(OptionsError, match="--max-rejects"):
        parse_agreed(text)


def test_the_message_shows_both_spellings():
    with pytest.raises(OptionsError, match="write 0.5% or 0.005% for a share, or a whole number of records"):
        parse_agreed("0.005")
    assert (str(parse_agreed("0.50%")), str(parse_agreed("20"))) == ("0.5%", "20 records")


def test_the_share_of_failures_is_written_in_per_cent_and_the_old_spelling_is_warned_of(capsys):
    assert (failed_share(""), failed_share("10%"), failed_share("100%")) == (None, 0.1, 1.0)
    assert not capsys.readouterr().err
    assert (failed_share("0.1"), failed_share("1")) == (0.1, 1.0)
    told = capsys.readouterr().err
    assert "write 10%" in told and "write 100%" in told
    with pytest.raises(OptionsError, match="give a share"):
        failed_share("20")
