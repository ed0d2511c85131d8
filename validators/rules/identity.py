"""Identity papers and numbers that carry a check of their own: PIN, UID, PAN, passport, voter card, CNR, IMEI."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.rule import EVERY_FORM, each, example, rule, tells

MASKED = "[masked]"
_MOBILE_BEGAN, _UID_BEGAN = 1995, 2010
# Two digits at the head of a PIN that belong to one state; only those given in the rule list. 737 is Sikkim, 744 the
# Andaman and Nicobar Islands, 605, 607 and 609 stand partly in Puducherry.
_PIN_OF = {"wb": r"^7[0-4]", "dl": r"^11", "tn": r"^6[0-4]"}
_PIN = r"^[1-9][0-9]{5}$"
_INDIA = ("india", "in", "ind", "bharat", "भारत", "ভারত", "இந்தியா")
_STATE_NAMES = {"west bengal": "wb", "delhi": "dl", "nct of delhi": "dl", "tamil nadu": "tn"}
# The two tables of the Verhoeff check: the dihedral group of ten, and the permutation of the place.
_GROUP = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PLACES = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def plain(text: pl.Expr) -> pl.Expr:
    """A number as it is compared: capitals, without blanks, dashes, dots and slashes; null where it is masked."""
    return pl.when(text != MASKED).then(text).str.to_uppercase().str.replace_all(r"[\s\-./]", "")


def _digit(text: pl.Expr, place: int) -> pl.Expr:
    return text.str.slice(place, 1).cast(pl.Int64, strict=False)


def passes_verhoeff(number: pl.Expr) -> pl.Expr:
    """Whether twelve digits end in their Verhoeff check digit; null for anything else."""
    digits = pl.when(number.str.contains(r"^[0-9]{12}$")).then(number)
    sum_so_far = pl.lit(0, dtype=pl.Int64)
    for i in range(12):
        table = [int(_GROUP[c][int(_PLACES[i % 8][d])]) for c in range(10) for d in range(10)]
        # The digits are taken from the right.
        sum_so_far = pl.lit(pl.Series(table)).gather(sum_so_far * 10 + _digit(digits, 11 - i))
    return sum_so_far == 0


def passes_luhn(number: pl.Expr) -> pl.Expr:
    """Whether fifteen digits end in their Luhn check digit; null for anything else."""
    digits = pl.when(number.str.contains(r"^[0-9]{15}$")).then(number)
    once = pl.sum_horizontal([_digit(digits, i) for i in range(0, 15, 2)], ignore_nulls=False)
    twice = [_digit(digits, i) * 2 for i in range(1, 15, 2)]
    return (once + pl.sum_horizontal([t - 9 * (t > 9).cast(pl.Int64) for t in twice], ignore_nulls=False)) % 10 == 0


@rule("F020", slug="not-a-pin-code", form=EVERY_FORM, table="addresses", fields=("pin", "country"))
@tells("E", en="This is not a PIN code of six digits.", hi="यह छह अंकों का पिन कोड नहीं है।")
@example(passes={"addresses": [{"pin": "700091"}]}, fails={"addresses": [{"pin": "070091"}]})
def pin_is_a_pin(f: Fields) -> pl.Expr:
    """A PIN code has six digits and does not begin with zero. Source: India Post. Addresses abroad are not judged."""
    is_abroad = ~f.country.str.to_lowercase().str.strip_chars().is_in(_INDIA)
    return is_abroad.fill_null(value=False) | plain(f.pin).str.contains(_PIN)


@rule("F021", slug="pin-code-of-another-state", form=EVERY_FORM, table="addresses", fields=("pin", "address_state"))
@tells("W", en="The PIN code belongs to another state.", hi="यह पिन कोड दूसरे राज्य का है।")
@example(
    passes={"addresses": [{"pin": "700091", "address_state": "West Bengal"}]},
    fails={"addresses": [{"pin": "700091", "address_state": "Tamil Nadu"}]},
)
def pin_is_of_the_state(f: Fields) -> pl.Expr:
    """The first digits of a PIN tell the postal region.

    Only the states are judged whose digits the rule list names: 70 to 74 West Bengal, 11 Delhi, 60 to 64 Tamil Nadu.
    """
    named = f.address_state.str.to_lowercase().str.strip_chars()
    state = named.replace(list(_STATE_NAMES), list(_STATE_NAMES.values()))
    pin = pl.when(plain(f.pin).str.contains(_PIN)).then(plain(f.pin))
    fits: pl.Expr = pl.lit(None, dtype=pl.Boolean)
    for code, head in _PIN_OF.items():
        fits = pl.when(state == code).then(pin.str.contains(head)).otherwise(fits)
    return fits


@rule("F023", slug="mobile-before-mobiles", form="iif1", fields=each("phone", "mobile"))
@tells(
    "I",
    en="The record has a mobile number, but is from before there were mobile phones.",
    hi="मोबाइल फ़ोन आने से पहले के अभिलेख में मोबाइल नंबर है।",
)
@example(
    passes={"year": "2003", "persons": [{"phone": "9830012345"}]},
    fails={"year": "1993", "persons": [{"phone": "9830012345"}]},
)
def mobile_is_of_its_time(f: Fields) -> pl.Expr:
    """The first mobile call in India was made in August 1995; before it the number or the year was misread."""
    mobile = r"^(\+?91|0)?[6-9][0-9]{9}$"
    return ~plain(f.this).str.contains(mobile) | (f.parent.year >= _MOBILE_BEGAN)


@rule("F024", slug="not-a-uid-number", form=EVERY_FORM, table="ids", fields=("id_number", "id_type"))
@tells(
    "E",
    en="The UID number does not have twelve digits with a correct check digit.",
    hi="आधार संख्या बारह अंकों की नहीं है, या जाँच अंक ग़लत है।",
)
@example(
    passes={"ids": [{"id_type": "uid", "id_number": "XXXXXXXX0019"}]},
    fails={"ids": [{"id_type": "uid", "id_number": "1234 1234 1234"}]},
)
def uid_has_its_check_digit(f: Fields) -> pl.Expr:
    """Twelve digits, the first from 2 to 9, the last one the check digit of Verhoeff. Source: UIDAI.

    A number of which only the last four digits are kept is not judged, as it should be.
    """
    number = plain(f.id_number)
    whole = number.str.contains(r"^[2-9][0-9]{11}$") & passes_verhoeff(number).fill_null(value=False)
    is_judged = number.str.contains(r"^[0-9]{5,}$") & (number.str.len_chars() != 16)
    return pl.when((f.id_type == "uid") & is_judged).then(whole)


@rule(
    "F025",
    slug="uid-before-uids",
    needs=("uid_last4",),
    form="iif1",
    table="iif1_persons",
    fields=("uid_last4", "parent.year"),
)
@tells(
    "W",
    en="The record has a UID number, but is from before there were such numbers.",
    hi="आधार शुरू होने से पहले के अभिलेख में आधार संख्या है।",
)
@example(
    passes={"year": "2014", "persons": [{"uid_last4": "0019"}]},
    fails={"year": "2006", "persons": [{"uid_last4": "0019"}]},
)
def uid_is_of_its_time(f: Fields) -> pl.Expr:
    """The first numbers were given out in September 2010. Source: UIDAI."""
    return f.uid_last4.is_null() | (f.parent.year >= _UID_BEGAN)


@rule("F026", slug="not-a-pan", form=EVERY_FORM, table="ids", fields=("id_number", "id_type"))
@tells("W", en="This is not a PAN.", hi="यह पैन संख्या नहीं है।")
@example(
    passes={"ids": [{"id_type": "pan", "id_number": "ABCPE1234F"}]},
    fails={"ids": [{"id_type": "pan", "id_number": "AB12PE34F"}]},
)
def pan_is_a_pan(f: Fields) -> pl.Expr:
    """Five letters, four digits, a letter; the fourth letter tells the kind of holder: A, B, C, F, G, H, J, L, P, T."""
    return (f.id_type != "pan") | plain(f.id_number).str.contains(r"^[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]$")


@rule(
    "F027",
    slug="not-a-passport-number",
    needs=("passport_no",),
    form=EVERY_FORM,
    table="persons",
    fields=("passport_no", "nationality"),
)
@tells("W", en="This is not an Indian passport number.", hi="यह भारत का पासपोर्ट नंबर नहीं है।")
@example(
    passes={"persons": [{"passport_no": "M1234567"}]},
    fails={"persons": [{"passport_no": "12345678"}]},
)
def passport_is_a_passport(f: Fields) -> pl.Expr:
    """A letter and seven digits. Passports of people who are not known to be Indian by nationality are not judged
    when another nationality is given.
    """
    is_foreign = (f.nationality != "Indian").fill_null(value=False)
    return is_foreign | plain(f.passport_no).str.contains(r"^[A-Z][0-9]{7}$")


@rule("F028", slug="not-a-voter-card-number", form=EVERY_FORM, table="ids", fields=("id_number", "id_type"))
@tells("W", en="This is not the number of a voter card.", hi="यह मतदाता पहचान पत्र की संख्या नहीं है।")
@example(
    passes={"ids": [{"id_type": "voter_id", "id_number": "ABC1234567"}]},
    fails={"ids": [{"id_type": "voter_id", "id_number": "A12"}]},
)
def voter_card_is_one(f: Fields) -> pl.Expr:
    """Three letters and seven digits, or the older form of the states: two or three letters and more digits."""
    return (f.id_type != "voter_id") | plain(f.id_number).str.contains(r"^[A-Z]{2,3}[0-9]{7,14}$")


@rule("F034", slug="imei-with-wrong-check-digit", form=("property", "iif4"), table="numbered", fields=("number",))
@tells("W", en="The IMEI of fifteen digits has a wrong check digit.", hi="पंद्रह अंकों के आईएमईआई का जाँच अंक ग़लत है।")
@example(
    passes={"numbered": [{"number": "490154203237518"}]},
    fails={"numbered": [{"number": "123456789012345"}]},
)
def imei_has_its_check_digit(f: Fields) -> pl.Expr:
    """The last of fifteen digits is the Luhn sum of the others. Numbers of any other length are not judged."""
    return passes_luhn(plain(f.number))


@rule("F042", slug="not-a-cnr", form=("iif5", "iif6", "iif7", "convict", "po"), fields=("cnr",))
@tells("W", en="This is not a CNR of sixteen characters.", hi="यह सोलह अक्षरों का सीएनआर नहीं है।")
@example(passes={"cnr": "WBHG010012342019"}, fails={"cnr": "WBHG1001234"})
def cnr_is_a_cnr(f: Fields) -> pl.Expr:
    """State and district by two letters each, court by two digits, serial by six, year by four. Source: e-Courts.

    The length is verified, the parts are general knowledge.
    """
    return plain(f.cnr).str.contains(r"^[A-Z]{2}[A-Z0-9]{2}[0-9]{12}$")
