"""Where a place lies."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.rule import EVERY_FORM, each, example, rule, tells

# Whole degrees around India with its islands; the source stands with the first rule.
_SOUTH, _NORTH, _WEST, _EAST = 6, 38, 68, 98
_NUMBER = r"^-?[0-9]{1,18}(\.[0-9]{1,18})?$"


def _degrees(f: Fields) -> pl.Expr:
    """The field as a number; null where it is none, which is for another check to say."""
    return pl.when(f.this.str.contains(_NUMBER)).then(f.this).cast(pl.Float64, strict=False)


@rule("F050", slug="latitude-outside-india", form=EVERY_FORM, fields=each("latitude"))
@tells("W", en="The latitude is outside India.", hi="अक्षांश भारत के बाहर का है।")
@example(passes={"addresses": [{"latitude": "22.57"}]}, fails={"addresses": [{"latitude": "-45"}]})
def latitude_is_in_india(f: Fields) -> pl.Expr:
    """A lost sign or digit, or latitude and longitude changed about, takes a place out of the country.

    From 6 to 38 degrees north. Source: Survey of India, extent of India: the mainland from 8°4' to 37°6' north and
    from 68°7' to 97°25' east; its southernmost point is Indira Point on Great Nicobar, 6°45' north. Degrees are
    decimal. A place abroad is possible, so a person is asked. Our own addition to the rule list.
    """
    return _degrees(f).is_between(_SOUTH, _NORTH)


@rule("F051", slug="longitude-outside-india", form=EVERY_FORM, fields=each("longitude"))
@tells("W", en="The longitude is outside India.", hi="देशांतर भारत के बाहर का है।")
@example(passes={"addresses": [{"longitude": "88.36"}]}, fails={"addresses": [{"longitude": "8.836"}]})
def longitude_is_in_india(f: Fields) -> pl.Expr:
    """From 68 to 98 degrees east; see the rule on latitudes. Our own addition to the rule list."""
    return _degrees(f).is_between(_WEST, _EAST)
