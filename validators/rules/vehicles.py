"""Vehicles: registration marks, chassis numbers, and what a stolen or recovered one must have."""

from __future__ import annotations

import polars as pl

from mappers.codes.vehicles import vehicle_patterns, vehicle_prefixes
from validators.rulebook.columns import Fields, Moment
from validators.rulebook.rule import EVERY_FORM, each, example, rule, tells
from validators.rules.identity import plain

_MODERN = r"^[A-Z]{2}[0-9]{1,2}([A-Z]{0,3})[0-9]{1,4}$"
_BHARAT = r"^([0-9]{2})BH[0-9]{4}"
_BHARAT_BEGAN = 2021
_NOT_REGISTERED = ("bicycle", "cart")


def _year(f: Fields) -> pl.Expr:
    """The year of the record, which may be that of the parent row."""
    return f.parent.year if f.owner else f.year


def _latin(text: pl.Expr) -> pl.Expr:
    """A number as it is compared; null where it is written in another script."""
    return plain(pl.when(~text.str.contains(r"[^\x00-\x7F]")).then(text))


@rule("F029", slug="not-a-registration-mark", form=EVERY_FORM, fields=each("registration_no"))
@tells(
    "E",
    en="This is not a registration mark of any type ever issued.",
    hi="यह किसी भी समय दिए गए पंजीयन चिह्न जैसा नहीं है।",
)
@example(
    passes={"vehicles": [{"registration_no": "WB-02-AB-1234"}]},
    fails={"vehicles": [{"registration_no": "WB-2-1234567"}]},
)
def mark_has_a_known_form(f: Fields) -> pl.Expr:
    """Marks of today, the older ones of three letters, and those of the army, diplomats, traders and the BH series.

    Marks in another script, and words ("applied for"), are not judged. Source: `mappers/codes/vehicle_patterns.csv`.
    """
    mark = _latin(f.this)
    return mark.str.contains("^[A-Z]+$") | mark.str.contains("^(?:" + "|".join(vehicle_patterns().values()) + ")$")


@rule("F030", slug="prefix-of-a-later-time", form=("iif1", "vehicle"), fields=each("registration_no"))
@tells(
    "W",
    en="The state letters in this registration mark were not yet in use in the year of the record.",
    hi="पंजीयन चिह्न के राज्य अक्षर अभिलेख के वर्ष में अभी लागू नहीं थे।",
)
@example(
    passes={"year": "2009", "vehicles": [{"registration_no": "OR-02-A-1234"}]},
    fails={"year": "2009", "vehicles": [{"registration_no": "OD-02-A-1234"}]},
)
def prefix_was_there(f: Fields) -> pl.Expr:
    """UK came in 2007, OD in 2012, TS in 2014 and TG in 2024, others with new states in 2000. An old prefix stays
    with its vehicle. Source: `mappers/codes/vehicle_prefixes.csv`.
    """
    began = {prefix: int(day[:4]) for prefix, day in vehicle_prefixes().items()}
    mark = plain(f.this)
    prefix = pl.when(mark.str.contains(_MODERN)).then(mark.str.slice(0, 2))
    return prefix.replace_strict(list(began), list(began.values()), default=None, return_dtype=pl.Int64) <= _year(f)


@rule("F031", slug="letter-i-or-o-in-series", form=EVERY_FORM, fields=each("registration_no"))
@tells(
    "W",
    en="The series of this registration mark has an I or an O, which no series has.",
    hi="पंजीयन चिह्न की शृंखला में I या O है, जो किसी शृंखला में नहीं होता।",
)
@example(
    passes={"vehicles": [{"registration_no": "WB 02 AB 1"}]},
    fails={"vehicles": [{"registration_no": "WB 02 IO 1"}]},
)
def series_skips_i_and_o(f: Fields) -> pl.Expr:
    """The series leave I and O out, since they look like 1 and 0: a digit was read as a letter."""
    return ~plain(f.this).str.extract(_MODERN).str.contains("[IO]")


@rule("F032", slug="bh-series-before-its-time", form=("iif1", "vehicle"), fields=each("registration_no"))
@tells(
    "W",
    en="A mark of the BH series is older than the series, or younger than the record.",
    hi="बीएच शृंखला का चिह्न शृंखला से पुराना या अभिलेख से नया है।",
)
@example(
    passes={"year": "2022", "vehicles": [{"registration_no": "22BH1234AA"}]},
    fails={"year": "2019", "vehicles": [{"registration_no": "19BH1234AA"}]},
)
def bharat_series_is_of_its_time(f: Fields) -> pl.Expr:
    """The series began in September 2021; its first two digits are the year of registration."""
    year = plain(f.this).str.extract(_BHARAT).cast(pl.Int64, strict=False) + 2000
    return (year >= _BHARAT_BEGAN) & (year <= _year(f)).fill_null(value=True)


@rule("F033", slug="not-a-chassis-number", form=EVERY_FORM, fields=each("chassis_no"))
@tells(
    "W",
    en="A chassis number has at most seventeen characters, and one of seventeen has no I, O or Q.",
    hi="चेसिस संख्या में अधिकतम सत्रह अक्षर होते हैं; सत्रह वाली में I, O या Q नहीं होता।",
)
@example(
    passes={"vehicles": [{"chassis_no": "MA3EYD32S00123456"}]},
    fails={"vehicles": [{"chassis_no": "MA3EYD32S0O123456"}]},
)
def chassis_number_is_one(f: Fields) -> pl.Expr:
    """The international number has seventeen characters; older vehicles have shorter ones of their makers."""
    # The long number leaves out I, O and Q, which look like 1 and 0.
    return _latin(f.this).str.contains(r"^([A-Z0-9]{1,16}|[A-HJ-NPR-Z0-9]{17})$")


@rule(
    "X022",
    slug="recovered-before-stolen",
    form="vehicle",
    fields=("recovery_date", "recovery_time", "theft_date", "theft_time"),
)
@tells("E", en="The vehicle was recovered before it was stolen.", hi="वाहन चोरी होने से पहले बरामद लिखा है।")
@example(
    passes={"theft_date": "2009-03-01", "recovery_date": "2009-03-04"},
    fails={"theft_date": "2009-03-01", "recovery_date": "2009-02-04"},
)
def recovery_follows_theft(f: Fields) -> pl.Expr:
    """Status codes are judged by T020. Where an hour is missing on either side, dates alone are compared."""
    return Moment(f.recovery_date, f.recovery_time) >= Moment(f.theft_date, f.theft_time)


@rule(
    "X023",
    slug="stolen-vehicle-without-number",
    form="vehicle",
    fields=("registration_no", "chassis_no", "engine_no", "property_status", "vehicle_type"),
)
@tells(
    "W",
    en="A stolen vehicle has no registration, chassis or engine number.",
    hi="चोरी गए वाहन का पंजीयन, चेसिस या इंजन नंबर नहीं है।",
)
@example(
    passes={"property_status": "stolen", "engine_no": "E123"},
    fails={"property_status": "stolen", "vehicle_type": "car"},
)
def stolen_vehicle_has_a_number(f: Fields) -> pl.Expr:
    """Enquiries about vehicles are answered by one of the three. Bicycles and carts have none."""
    has_none = pl.all_horizontal(c.is_null() for c in (f.registration_no, f.chassis_no, f.engine_no))
    is_registered = ~f.vehicle_type.is_in(_NOT_REGISTERED).fill_null(value=False)
    return ~(has_none & is_registered & (f.property_status == "stolen"))


@rule(
    "T015",
    slug="recovered-vehicle-stolen-elsewhere",
    form="vehicle",
    fields=("registration_no", "property_status", "fir_no", "police_station"),
    across=True,
)
@tells(
    "W",
    en="A stolen vehicle with the same number is in another case; the two may belong together.",
    hi="इसी नंबर का चोरी गया वाहन दूसरे प्रकरण में है; दोनों जुड़े हो सकते हैं।",
)
@example(
    passes=[
        {"registration_no": "WB02AB1234", "property_status": "stolen", "fir_no": "7", "police_station": "Bally"},
        {"registration_no": "WB02AB1234", "property_status": "recovered", "fir_no": "7", "police_station": "Bally"},
    ],
    fails=[
        {"registration_no": "WB02AB1234", "property_status": "stolen", "fir_no": "7", "police_station": "Bally"},
        {"registration_no": "WB-02-AB-1234", "property_status": "recovered", "fir_no": "9", "police_station": "Bally"},
    ],
)
def recovered_vehicle_is_linked(f: Fields) -> pl.Expr:
    """A vehicle found in one case is most often the stolen one of another: a link to be made, no fault."""
    mark = plain(f.registration_no)
    case = pl.struct(f.police_station, f.fir_no).hash()
    is_stolen = f.property_status == "stolen"
    stolen = pl.when(is_stolen).then(case)
    # Another case has the mark where the least or the greatest of all is not this one.
    other = (stolen.min().over(mark) != case) | (stolen.max().over(mark) != case)
    return ~(other & ~is_stolen & mark.is_not_null())
