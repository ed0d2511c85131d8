"""The key of an FIR: state, district, police station, year and number."""

from __future__ import annotations

import re

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.masters import district_begins
from validators.rulebook.rule import EVERY_FORM, each, example, rule, tells

# A control character: parts of a key that are joined by it cannot be taken for one another.
_SEP = "\x1f"


def _one_of(text: pl.Expr, values: set[str]) -> pl.Expr:
    return text.str.to_lowercase().is_in(sorted(v.lower() for v in values))


@rule("F001", slug="place-missing-or-unknown", form=EVERY_FORM, fields=each("state", "district", "police_station"))
@tells(
    "E",
    en="State, district or police station is missing, or not in the master list.",
    hi="राज्य, ज़िला या थाना नहीं लिखा है, या मास्टर सूची में नहीं है।",
)
@example(
    passes={"state": "wb", "district": "Howrah", "police_station": "Bally"},
    fails={"state": "wb", "district": "Howrah"},
)
def place_is_known(f: Fields) -> pl.Expr:
    """Nothing can be keyed without its place.

    Source: IIF-I item 1. A district is looked up among its state's; stations are judged by F002, since station lists
    are never complete. Without a master list of the state only presence is asked.
    """
    if f.this_name == "district" and f.given.districts:
        covered = _one_of(f.state, {s for s, name in f.given.districts if name})
        pairs = {f"{state}{_SEP}{district}" for state, district in f.given.districts}
        listed = _one_of(pl.concat_str(f.state, f.this, separator=_SEP), pairs)
        return f.this.is_not_null() & (~covered | listed).fill_null(value=True)
    if f.this_name == "state" and f.given.districts:
        return f.this.is_not_null() & _one_of(f.this, {s for s, _ in f.given.districts})
    return f.this.is_not_null()


@rule(
    "F002",
    slug="station-of-another-district",
    needs=("state", "district", "police_station"),
    form=EVERY_FORM,
    fields=("police_station", "district", "state"),
)
@tells(
    "E",
    en="The police station is not one of this district's stations.",
    hi="यह थाना इस ज़िले के थानों में नहीं है।",
)
@example(
    passes={"state": "wb", "district": "Bidhannagar City Police", "police_station": "Lake Town"},
    fails={"state": "wb", "district": "Bidhannagar City Police", "police_station": "Kotwali"},
)
def station_is_in_district(f: Fields) -> pl.Expr:
    """The same station name stands in many districts; a wrong pair sends the case to another office.

    Source: an audit of the first digitization found stations mapped to the wrong authority. Only districts whose
    stations are in the given list are judged.
    """
    covered = {f"{state}{_SEP}{district}" for state, district, _ in f.given.stations}
    pairs = {_SEP.join(station) for station in f.given.stations}
    district = pl.concat_str(f.state, f.district, separator=_SEP)
    station = pl.concat_str(f.state, f.district, f.police_station, separator=_SEP)
    return ~_one_of(district, covered) | _one_of(station, pairs)


@rule(
    "F003",
    slug="district-of-a-later-time",
    needs=("district", "state", "year"),
    form=EVERY_FORM,
    fields=("district", "state", "year"),
)
@tells(
    "W",
    en="The district was created after the year of the record.",
    hi="यह ज़िला अभिलेख के वर्ष के बाद बना है।",
)
@example(
    passes={"state": "ka", "district": "Vijayanagar", "year": "2022"},
    fails={"state": "ka", "district": "Vijayanagar", "year": "2005"},
)
def district_was_there(f: Fields) -> pl.Expr:
    """More than a hundred districts were made since 2000; a record of an older year belongs to the one before.

    Only districts are judged of which the year is known (`mappers/codes/districts.csv`).
    """
    known = {_SEP.join(pair).lower(): year for pair, year in district_begins().items()}
    pair = pl.concat_str(f.state, f.district, separator=_SEP).str.to_lowercase()
    return pair.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Int64) <= f.year


@rule("F004", slug="year-out-of-range", form=EVERY_FORM, fields=("year",))
@tells(
    "E",
    en="The year is missing, or not a year from 1861 to this year.",
    hi="वर्ष नहीं है, या 1861 से इस वर्ष तक का नहीं है।",
)
@example(passes={"year": "2009"}, fails={"year": "209"})
def year_is_plausible(f: Fields) -> pl.Expr:
    """Station registers begin with the Police Act of 1861, and a book cannot be of a year to come."""
    return f.year.is_between(1861, f.given.today.year).fill_null(value=False)


@rule("T024", slug="year-outside-agreed", needs=("year",), form=EVERY_FORM, fields=("year",))
@tells(
    "W",
    en="The year is not one of those agreed for this import.",
    hi="वर्ष इस आयात के लिए तय वर्षों के बाहर है।",
)
@example(passes={"year": "2009"}, fails={"year": "1949"})
def year_is_agreed(f: Fields) -> pl.Expr:
    """Contracts name the years to be taken in, and open cases of older ones; whether a case is open is not seen here.

    Silent where no years are given (`--years`, or `years` under `[check]` of a workspace). Source: contracts of states
    for ten years and open cases; an audit found that other years had been done.
    """
    first, last = f.given.years or (None, None)
    return f.year.is_between(first, last) if f.given.years else pl.lit(None, dtype=pl.Boolean)


@rule(
    "F039",
    slug="beat-of-another-station",
    needs=("beat", "police_station", "district", "state"),
    form="iif1",
    fields=("beat", "police_station", "district", "state"),
)
@tells("W", en="The beat is not one of this station's beats.", hi="यह बीट इस थाने की बीटों में नहीं है।")
@example(
    passes={"state": "wb", "district": "Howrah", "police_station": "Bally", "beat": "Beat No. 04"},
    fails={"state": "wb", "district": "Howrah", "police_station": "Bally", "beat": "Beat 44"},
)
def beat_is_of_station(f: Fields) -> pl.Expr:
    """A beat is known by its number, or by its name where it has none.

    Only stations with beats in the given list are judged (`--beats`, or `lists/beats.csv` of a workspace).
    """
    if not f.given.beats:
        return pl.lit(None, dtype=pl.Boolean)
    place = pl.concat_str(f.state, f.district, f.police_station, separator=_SEP)
    number = f.beat.str.extract(r"([0-9]+)").str.strip_chars_start("0")
    beat = pl.coalesce(number, f.beat.str.strip_chars())
    covered = {_SEP.join(one[:3]) for one in f.given.beats}
    known = {_SEP.join((*one[:3], _plain_beat(one[3]))) for one in f.given.beats}
    return ~_one_of(place, covered) | _one_of(pl.concat_str(place, beat, separator=_SEP), known)


def _plain_beat(text: str) -> str:
    found = re.search("[0-9]+", text)
    return found[0].lstrip("0") if found else text.strip()


@rule("F005", slug="fir-number-not-a-number", form="iif1", fields=("fir_no",))
@tells(
    "E",
    en="The FIR number is missing, or not a whole number above zero.",
    hi="प्राथमिकी संख्या नहीं है, या शून्य से बड़ी पूर्ण संख्या नहीं है।",
)
@example(passes={"fir_no": "78"}, fails={"fir_no": "7B8"})
def number_is_positive(f: Fields) -> pl.Expr:
    """The number is the serial in the station's book of the year. Source: IIF-I item 1."""
    return (f.fir_no > 0).fill_null(value=False)


@rule("F006", slug="fir-number-too-long", form=EVERY_FORM, fields=("fir_no",))
@tells(
    "W",
    en="The FIR number has more than four digits; a station's yearly serial has at most four.",
    hi="प्राथमिकी संख्या चार अंकों से बड़ी है; थाने की वार्षिक संख्या चार अंकों तक होती है।",
)
@example(passes={"fir_no": "412"}, fails={"fir_no": "24125"})
def number_has_four_digits(f: Fields) -> pl.Expr:
    """The registration number of CCTNS holds a four-digit serial; more digits are usually a number read together."""
    return f.fir_no <= 9999


@rule(
    "F007",
    slug="registration-number-of-another-fir",
    needs=("fir_reg_num",),
    form=EVERY_FORM,
    fields=("fir_reg_num", "year", "fir_no"),
)
@tells(
    "E",
    en="The registration number does not end in the year and number of the FIR.",
    hi="पंजीयन संख्या के अंत में प्राथमिकी का वर्ष और संख्या नहीं है।",
)
@example(
    passes={"fir_reg_num": "2011038220255", "year": "2022", "fir_no": "255"},
    fails={"fir_reg_num": "2011038220255", "year": "2021", "fir_no": "255"},
)
def registration_number_agrees(f: Fields) -> pl.Expr:
    """It is the station's code, two digits of the year, and four of the serial. Source: two samples of CCTNS prints.

    Numbers of less than twelve or more than sixteen digits are of another kind and not judged.
    """
    digits = f.fir_reg_num.str.replace_all(r"[\s\-/]", "").str.extract(r"^[0-9]{6,10}([0-9]{6})$")
    year = digits.str.slice(0, 2).cast(pl.Int64, strict=False)
    serial = digits.str.slice(2, 4).cast(pl.Int64, strict=False)
    agrees = [(year == f.year % 100).fill_null(value=True), (serial == f.fir_no).fill_null(value=True)]
    return digits.is_null() | pl.all_horizontal(agrees)


@rule("F045", slug="text-without-value", form="iif1", fields=("narrative",))
@tells(
    "E",
    en="There is text here, but no value could be read from it; the raw text is kept.",
    hi="यहाँ कुछ लिखा है, पर मान समझ में नहीं आया; मूल पाठ सुरक्षित है।",
)
@example(passes={"narrative": "A cow was lost"}, fails={"narrative": ("A c__ w_s l_st", None)})
def text_has_value(f: Fields) -> pl.Expr:
    """Uncertain is not empty: a field with ink and without a value is never passed over.

    Our own addition to the rule list. Told by the check itself while it looks at raw text (`checking/unread.py`); an
    import file has no raw text beside its values, so on columns alone there is nothing to say.
    """
    return pl.lit(value=True)
