"""Sizes that cannot be: values, distances and lengths of text, and sums that do not agree."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.rule import EVERY_FORM, each, example, rule, tells

_CRORE = 10_000_000
_MOST_RUPEES = 100 * _CRORE
_MOST_KM = 200
_LONGEST_TEXT = 4000


@rule("F036", slug="value-beyond-belief", form=EVERY_FORM, fields=each("value", "property_value", "recovered_value"))
@tells("W", en="The value is more than a hundred crore rupees.", hi="मूल्य सौ करोड़ रुपये से अधिक है।")
@example(passes={"property_value": "45000"}, fails={"property_value": "45000000000"})
def value_is_credible(f: Fields) -> pl.Expr:
    """Zeros that were read twice, or two amounts read as one, show here."""
    return f.this <= _MOST_RUPEES


@rule("F037", slug="distance-beyond-belief", form="iif1", fields=("place_distance_km",))
@tells("W", en="The place is more than 200 km from the station.", hi="घटनास्थल थाने से 200 किमी से अधिक दूर लिखा है।")
@example(passes={"place_distance_km": "1.5"}, fails={"place_distance_km": "1500"})
def distance_is_credible(f: Fields) -> pl.Expr:
    """Item 5a gives the way within the station's limits; a lost point makes 1.5 into 15 and 1500."""
    return f.place_distance_km <= _MOST_KM


@rule(
    "F043",
    slug="text-longer-than-field",
    form=EVERY_FORM,
    fields=each("narrative", "brief_facts", "particulars", "gist"),
)
@tells(
    "I",
    en="The text is longer than 4000 characters and will be split when it is loaded; it is kept whole here.",
    hi="पाठ 4000 अक्षरों से लंबा है; लोड करते समय बाँटा जाएगा, यहाँ पूरा रखा है।",
)
@example(passes={"narrative": "A cow was lost."}, fails={"narrative": "A cow was lost. " * 300})
def text_fits_the_field(f: Fields) -> pl.Expr:
    """The field for free text of the application holds some 4000 characters."""
    return f.this.str.len_chars() <= _LONGEST_TEXT


@rule(
    "X009",
    slug="total-differs-from-sum",
    needs=("property_value",),
    form="iif1",
    fields=("property_value", "property.value"),
)
@tells(
    "W",
    en="The total value of property is not the sum of its lines.",
    hi="संपत्ति का कुल मूल्य पंक्तियों के योग के बराबर नहीं है।",
)
@example(
    passes={"property_value": "1200", "property": [{"value": "500"}, {"value": "700"}]},
    fails={"property_value": "12000", "property": [{"value": "500"}, {"value": "700"}]},
)
def total_is_the_sum(f: Fields) -> pl.Expr:
    """Item 10 is the total of item 9. Judged only where every line has a value; paise are passed over."""
    lines = f.rows("property").tell(lambda p: pl.when(p.value.is_not_null().all()).then(p.value.sum()))
    return (f.property_value - lines).abs() <= 1


@rule(
    "X010",
    slug="recovered-more-than-stolen",
    needs=("property_value", "recovered_value"),
    form="iif1",
    fields=("recovered_value", "property_value"),
)
@tells(
    "W",
    en="The value recovered is above the value of what was stolen.",
    hi="बरामद मूल्य चोरी गए मूल्य से अधिक है।",
)
@example(
    passes={"property_value": "1200", "recovered_value": "700"},
    fails={"property_value": "1200", "recovered_value": "7000"},
)
def recovered_is_not_above_stolen(f: Fields) -> pl.Expr:
    """More can be found than was stolen, but most often a zero was read into one of the two."""
    return f.recovered_value <= f.property_value
