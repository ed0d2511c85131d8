"""The form of a value: dates, times, money, codes, names and phone numbers."""

from __future__ import annotations

import polars as pl

from mappers.schema.links import NO_ROW, OF_LINE, PERSON_LINE
from validators.rulebook.columns import Fields
from validators.rulebook.rule import EVERY_FORM, each, example, rule, tells
from validators.rules.identity import MASKED

_SIGNS = r"[\x{093E}-\x{094C}\x{09BE}-\x{09CC}]"
_MAY_COME = ("date_fixed", "release_date")
_TELLS_OF_ROWS = {PERSON_LINE: "T027", OF_LINE: "T028"}
_INDIC = r"[\x{0900}-\x{0DFF}]"


def _fits_kind(f: Fields) -> pl.Expr:
    """Whether the text could be typed; nothing to say about an empty field."""
    return f.text.is_null() | f.this.is_not_null()


def _is_listed(f: Fields, name: str) -> pl.Expr:
    """Whether a closed list has the value; nothing to say of an open one."""
    values = f.given.law.lists.get(name)
    return pl.lit(None, dtype=pl.Boolean) if values is None else f.this.is_in(values)


@rule("F008", slug="not-a-calendar-day", form=EVERY_FORM, fields=each(kind="date"))
@tells("E", en="The date is not a valid date.", hi="यह तारीख कैलेंडर में नहीं है।")
@example(passes={"fir_date": "2004-02-29"}, fails={"fir_date": "2003-02-29"})
def date_is_a_day(f: Fields) -> pl.Expr:
    """A date is written YYYY-MM-DD and exists: 31 February or 29 February 2003 is a slip of pen, eye or engine."""
    return _fits_kind(f)


@rule("F009", slug="date-in-the-future", form=EVERY_FORM, fields=each(kind="date", besides=_MAY_COME))
@tells("E", en="The date is in the future.", hi="यह तारीख भविष्य की है।")
@example(passes={"fir_date": "2014-03-12"}, fails={"fir_date": "2041-03-12"})
def date_has_come(f: Fields) -> pl.Expr:
    """Nothing that a register tells of can be later than the day of the check, which is given and not the clock's.

    A day that a court has fixed, and that of a release, may lie ahead.
    """
    return f.this <= f.given.today


@rule("F011", slug="not-a-time", form=EVERY_FORM, fields=each(kind="time"))
@tells("E", en="The time is not between 00:00 and 23:59.", hi="समय 00:00 से 23:59 के बीच नहीं है।")
@example(passes={"fir_time": "16:10"}, fails={"fir_time": "25:10"})
def time_is_of_a_day(f: Fields) -> pl.Expr:
    """Times are written HH:MM; 24:00 and words such as "night" are dealt with before a value is made."""
    return _fits_kind(f)


@rule("F014", slug="name-without-letters", form=EVERY_FORM, fields=each(kind="name"))
@tells("E", en="The name has no letters.", hi="नाम में कोई अक्षर नहीं है।")
@example(passes={"io_name": "रमेश कुमार"}, fails={"io_name": "---"})
def name_has_letters(f: Fields) -> pl.Expr:
    """Digits, dashes and dots are what a ruled line or a stamp leaves, not a name."""
    return f.this.str.contains(r"\p{L}")


@rule("F015", slug="scripts-mixed-in-a-word", form=EVERY_FORM, fields=each(kind="name"))
@tells(
    "W",
    en="There is a Latin letter inside a word of an Indian script.",
    hi="भारतीय लिपि के शब्द के भीतर रोमन अक्षर है।",
)
@example(passes={"io_name": "সুমিত্রা"}, fails={"io_name": "সুমিtরা"})
def words_keep_one_script(f: Fields) -> pl.Expr:
    """Nobody writes so; it is the mark of a misread letter."""
    return ~f.this.str.contains(f"[A-Za-z]{_INDIC}|{_INDIC}[A-Za-z]")


@rule("F016", slug="vowel-sign-out-of-place", form=EVERY_FORM, fields=each(kind="name"))
@tells(
    "W",
    en="A word starts with a vowel sign, or has two in a row.",
    hi="शब्द मात्रा से शुरू होता है, या दो मात्राएँ साथ हैं।",
)
@example(passes={"io_name": "किशन"}, fails={"io_name": "िकशन"})
def vowel_signs_follow_letters(f: Fields) -> pl.Expr:
    """A broken glyph order or a wrong font table leaves signs before their letter.

    Two signs in a row are judged in Devanagari and Bengali, where no word has them.
    """
    return ~f.this.str.contains(rf"(^|[\s.,])\p{{M}}|{_SIGNS}{_SIGNS}")


@rule("F017", slug="private-or-lost-characters", form=EVERY_FORM, fields=each(kind="name"))
@tells(
    "E",
    en="The name has characters of a private font, or the mark of lost characters.",
    hi="नाम में निजी फ़ॉन्ट के या खोए हुए अक्षर हैं।",
)
@example(passes={"io_name": "राम"}, fails={"io_name": "रा\ue012"})
def characters_are_public(f: Fields) -> pl.Expr:
    """A private-use code point or U+FFFD means that a legacy font was not converted.

    So do question marks in place of letters ("R?m", "???"), which programs put where they cannot keep a script's own.
    One behind a word, or in brackets, is a clerk's doubt.
    """
    return ~f.this.str.contains(r"[\p{Co}\x{FFFD}]|\?\?|(^|[\s\p{L}])\?\p{L}")


@rule("F018", slug="sex-not-in-list", form=EVERY_FORM, fields=each(codes="sex"))
@tells("W", en="Sex is not one of the form's choices.", hi="लिंग प्रपत्र के विकल्पों में नहीं है।")
@example(passes={"persons": [{"sex": "female"}]}, fails={"persons": [{"sex": "X1"}]})
def sex_is_listed(f: Fields) -> pl.Expr:
    """The form knows male, female, transgender and unknown; no default turns an unknown mark into one of them."""
    return _is_listed(f, "sex")


@rule("F022", slug="phone-number-implausible", form=EVERY_FORM, fields=each("phone", "mobile"))
@tells("W", en="This cannot be an Indian phone number.", hi="यह भारत का फ़ोन नंबर नहीं हो सकता।")
@example(passes={"persons": [{"phone": "9830012345"}]}, fails={"persons": [{"phone": "1234567890"}]})
def phone_is_plausible(f: Fields) -> pl.Expr:
    """A mobile has ten digits from 6 to 9 on, after 0 or +91; a landline six to eight, or an area code with a zero.

    Source: the national numbering plan. Exchanges of small towns gave three to five digits while paper was written:
    such a number is none of a mobile alone. Several, parted by comma, slash or semicolon, are judged by the first.
    """
    least = 6 if "mobile" in f.this_name else 3
    first = f.this.str.replace(r"[,;/].*$", "").str.replace_all(r"[\s\-().]", "")
    plausible = first.str.contains(rf"^((\+91|91|0)?[6-9][0-9]{{9}}|0[1-9][0-9]{{8,9}}|[1-9][0-9]{{{least - 1},7}})$")
    return plausible | (f.this == MASKED)


@rule("F035", slug="not-an-amount", form=EVERY_FORM, fields=each(kind="money"))
@tells("E", en="The amount is not a number of rupees.", hi="राशि रुपयों की संख्या नहीं है।")
@example(passes={"property_value": "125000"}, fails={"property_value": "-500"})
def amount_is_a_number(f: Fields) -> pl.Expr:
    """Money is plain digits with at most one point; grouping and "/-" are taken off before a value is made."""
    return _fits_kind(f)


@rule("F046", slug="not-a-number", form=EVERY_FORM, fields=each(kind="int year decimal", besides=("year", "fir_no")))
@tells("E", en="This is not a plain number.", hi="यह सादी संख्या नहीं है।")
@example(passes={"place_distance_km": "1.5"}, fails={"place_distance_km": "1,5 km"})
def number_is_a_number(f: Fields) -> pl.Expr:
    """Counts, years and measures are plain digits, measures with at most one point; units stand in fields of their own.

    Our own addition to the rule list. Year and number of the FIR have rules of their own, since they may not be absent.
    A number that names no row of its record is told by T027 and T028, where these are asked.
    """
    told_by = _TELLS_OF_ROWS.get(f.this_name)
    if told_by is None or told_by in f.given.left_out:
        return _fits_kind(f)
    return _fits_kind(f) | f.text.str.contains(f"^{NO_ROW}[0-9]")


@rule("F038", slug="direction-not-in-list", form="iif1", fields=("place_direction",))
@tells("E", en="The direction is not one of the eight points.", hi="दिशा आठ दिशाओं में से नहीं है।")
@example(passes={"place_direction": "SE"}, fails={"place_direction": "Up"})
def direction_is_listed(f: Fields) -> pl.Expr:
    """Item 5a gives the way from the station as one of eight points. Source: IIF-I item 5."""
    return f.place_direction.is_in(f.given.law.lists["direction"])


@rule("F041", slug="rank-not-in-list", form=EVERY_FORM, fields=each(codes="rank"))
@tells("W", en="The rank is not in the list of ranks.", hi="पद पदों की सूची में नहीं है।")
@example(passes={"io_rank": "SI"}, fails={"io_rank": "5I"})
def rank_is_listed(f: Fields) -> pl.Expr:
    """Ranks are kept as short codes; a letter read as a digit ("AS1") shows here."""
    return _is_listed(f, "rank")


@rule("F047", slug="field-of-profile-missing", form=EVERY_FORM, fields=("state",))
@tells(
    "E",
    en="The chosen profile requires this field, but it is empty.",
    hi="चुने गए प्रोफ़ाइल में यह क्षेत्र माँगा गया है, पर खाली है।",
)
@example(
    passes={
        **{"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_no": "78"},
        **{"fir_date": "2009-03-12", "acts": [{"act": "IPC", "section": "379"}]},
        "persons": [{"role": "complainant", "name": "Qarla"}],
    },
    fails={"state": "wb", "fir_no": "78"},
)
def profile_is_filled(f: Fields) -> pl.Expr:
    """How much a record must hold is the workspace's choice: a full form, a line of a register, an index.

    Our own addition to the rule list. Told by the check itself (`mappers/schema/profiles.py`), for a field on which no
    other rule has said anything; silent where no profile is chosen.
    """
    return pl.lit(value=True)


@rule("F053", slug="masked-value", form=EVERY_FORM, fields=each())
@tells(
    "E",
    en="The value was hidden when it was exported: only the word for that is here.",
    hi="मान निर्यात करते समय छिपाया गया था: यहाँ केवल उसका चिह्न है।",
)
@example(passes={"io_name": "रमेश कुमार"}, fails={"io_name": MASKED})
def value_is_not_masked(f: Fields) -> pl.Expr:
    """A masked export is for reading: loaded again, it would put the word in the place of a name.

    Our own addition to the rule list. The word is that of `digitize/masking/masks.py`.
    """
    return f.text.is_null() | (f.text != MASKED)


@rule("F052", slug="field-not-captured", form=EVERY_FORM, fields=("state",))
@tells(
    "I",
    en="The office does not capture this field; the paper may have a value.",
    hi="यह कार्यालय यह क्षेत्र दर्ज नहीं करता; काग़ज़ पर कुछ लिखा हो सकता है।",
)
@example(passes={"state": "wb"}, fails={"state": ("West B?", None, "not-captured")})
def field_is_captured(f: Fields) -> pl.Expr:
    """What an office leaves out must not be taken for blank: the place on the page stays with the record.

    Our own addition to the rule list. Told by the check itself, of every field that the workspace's capture profile
    leaves out and that was not surely read (`mappers/schema/capture.py`); no other rule says anything of it.
    """
    return pl.lit(value=True)


@rule("F054", slug="illegible", form=EVERY_FORM, fields=("state",))
@tells(
    "I",
    en="Something is written here that a person could not read.",
    hi="यहाँ कुछ लिखा है, जिसे कोई पढ़ न सका।",
)
@example(passes={"state": "wb"}, fails={"state": ("", None, "illegible")})
def field_is_legible(f: Fields) -> pl.Expr:
    """What nobody can read must not be taken for blank: a better scan, or another copy, may still tell it.

    Our own addition to the rule list. Told by the check itself, of every field that a person called illegible; a field
    that must be filled is then no gap (F047).
    """
    return pl.lit(value=True)


@rule("F055", slug="no-such-value", form=EVERY_FORM, fields=("state",))
@tells(
    "I",
    en="Words are written here that are no value of this field; they are kept.",
    hi="यहाँ ऐसे शब्द लिखे हैं जो इस क्षेत्र का मान नहीं हैं; वे सुरक्षित हैं।",
)
@example(passes={"state": "wb"}, fails={"state": ("since marriage", None, "no-value")})
def words_are_a_value(f: Fields) -> pl.Expr:
    """Words for a day, as "till date", say something and are no day: neither blank nor a fault.

    Our own addition to the rule list. Told by the check itself, of every field of which a person said so; the words
    stand as its raw text.
    """
    return pl.lit(value=True)


@rule("F056", slug="about-a-date", form=EVERY_FORM, fields=("fir_date",))
@tells(
    "I",
    en="The source says that the date is approximate; its words are kept.",
    hi="स्रोत के अनुसार तारीख़ लगभग है; उसके शब्द सुरक्षित हैं।",
)
@example(passes={"fir_date": "1978-06-05"}, fails={"fir_date": ("about 5.6.1978", "1978-06-05", "about")})
def date_is_exact(f: Fields) -> pl.Expr:
    """A day that the writer only supposed must not look like one that he knew.

    Our own addition to the rule list. Told by the check itself, of every date with such words beside it; they stand as
    its raw text.
    """
    return pl.lit(value=True)


@rule("F057", slug="number-with-suffix", form=EVERY_FORM, fields=("fir_no",))
@tells(
    "E",
    en="The number has a suffix (12A, 12/A): another case than 12. Enter the whole number that it has in CCTNS.",
    hi="संख्या के पीछे अक्षर है (12A, 12/A): यह 12 से भिन्न मामला है। CCTNS में उसकी जो पूर्ण संख्या है, वह भरें।",
)
@example(passes={"fir_no": "12"}, fails={"fir_no": ("12A", None, "number-with-suffix")})
def number_has_no_suffix(f: Fields) -> pl.Expr:
    """A number skipped or given twice got a letter behind it, for which the numbers of CCTNS have no place.

    Our own addition to the rule list. Told by the check itself, of the number of a case or report whose text has a
    letter behind it: the record waits for the number that a person finds for it, and the text stays as it is written.
    """
    return pl.lit(value=True)


@rule(
    "T020",
    slug="code-not-in-list",
    form=EVERY_FORM,
    fields=each(kind="code", besides=("", "sex", "direction", "rank", "act")),
)
@tells("E", en="The code is not in the list of this field.", hi="यह कोड इस क्षेत्र की सूची में नहीं है।")
@example(passes={"info_type": "oral"}, fails={"info_type": "shouted"})
def code_is_listed(f: Fields) -> pl.Expr:
    """Codes handed to CCTNS must be codes of its masters; the numeric masters are not public, slugs stand for them."""
    column = f.table.column(f.this_name)
    return _is_listed(f, column.codes if column else "")
