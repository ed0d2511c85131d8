"""Persons of an FIR: ages and roles."""

from __future__ import annotations

import polars as pl

from mappers.codes.joint_names import JOINT_NAME, NAME_OF_FIRM, RELATION_WORD
from validators.rulebook.columns import Fields
from validators.rulebook.rule import EVERY_FORM, example, rule, tells

_ADULT, _CAN_BE_ACCUSED, _CAN_REPORT, _OLDEST = 18, 7, 5, 120


@rule("F048", slug="several-persons-in-one-name", form=EVERY_FORM, table="persons", fields=("name",))
@tells(
    "W",
    en="More than one person seems to be named here; each needs a separate row.",
    hi="यहाँ एक से अधिक व्यक्तियों के नाम प्रतीत होते हैं; प्रत्येक को अलग पंक्ति चाहिए।",
)
@example(
    passes={"persons": [{"name": "M/s Sample and Sons"}, {"name": "रमेश कुमार"}]},
    fails={"persons": [{"name": "Sample Example, Imaginary Example"}]},
)
def name_is_of_one_person(f: Fields) -> pl.Expr:
    """A comma or "and" within a name that is no firm's, or a relation word: several persons in one cell.

    Our own addition to the rule list. Names are not cut there, since a place or a title may stand behind a comma.
    """
    is_joint = f.name.str.contains(JOINT_NAME) & ~f.name.str.contains(NAME_OF_FIRM)
    return ~is_joint & ~f.name.str.contains(RELATION_WORD)


@rule("F049", slug="several-persons-in-one-relative", form=EVERY_FORM, table="persons", fields=("relative_name",))
@tells(
    "W",
    en="The relative's name holds another relation word; a second person may be run together with the first.",
    hi="संबंधी के नाम में एक और संबंध-शब्द है; संभव है कि दूसरा व्यक्ति पहले के साथ जुड़ गया हो।",
)
@example(
    passes={"persons": [{"relative_name": "Imaginary Example"}]},
    fails={"persons": [{"relative_name": "Imaginary Example Second Sample s/o Other Example"}]},
)
def relative_is_one_person(f: Fields) -> pl.Expr:
    """Two persons in one cell, as in "A s/o B C s/o D": the second would be lost in the relative of the first.

    Our own addition to the rule list. It may also be one woman with husband and father ("A w/o B d/o C").
    """
    return ~f.relative_name.str.contains(RELATION_WORD)


@rule("F019", slug="age-out-of-range", needs=("age",), form=EVERY_FORM, table="persons", fields=("age", "role"))
@tells(
    "W",
    en="The age is not between 0 and 120, or a complainant is under five.",
    hi="आयु 0 से 120 के बीच नहीं है, या शिकायतकर्ता पाँच वर्ष से छोटा है।",
)
@example(
    passes={"persons": [{"role": "complainant", "age": "34"}]},
    fails={"persons": [{"role": "complainant", "age": "340"}]},
)
def age_is_plausible(f: Fields) -> pl.Expr:
    """Ages read with one digit too many or too few show here."""
    too_young = ((f.role == "complainant") & (f.age < _CAN_REPORT)).fill_null(value=False)
    return f.age.is_between(0, _OLDEST) & ~too_young


@rule(
    "X013", slug="accused-is-a-child", needs=("age", "role"), form=EVERY_FORM, table="persons", fields=("age", "role")
)
@tells(
    "E",
    en="The accused is under 18: a child in conflict with law, whose name is masked outside the case file.",
    hi="आरोपी 18 वर्ष से छोटा है: विधि-विरुद्ध बालक; नाम फ़ाइल के बाहर छिपाया जाएगा।",
)
@example(
    passes={"persons": [{"role": "accused", "age": "19"}]},
    fails={"persons": [{"role": "accused", "age": "14"}]},
)
def accused_is_adult(f: Fields) -> pl.Expr:
    """A child is dealt with under the Juvenile Justice Act, and its name must not be published.

    Source: JJ Act 2015 s.2(13) and s.74. The age given is that of the record, which is the nearest to the occurrence.
    """
    return ~((f.role == "accused") & (f.age < _ADULT))


@rule(
    "X014", slug="accused-under-seven", needs=("age", "role"), form=EVERY_FORM, table="persons", fields=("age", "role")
)
@tells(
    "E",
    en="A child under seven cannot be accused.",
    hi="सात वर्ष से छोटा बच्चा आरोपी नहीं हो सकता।",
)
@example(
    passes={"persons": [{"role": "accused", "age": "9"}]},
    fails={"persons": [{"role": "accused", "age": "5"}]},
)
def accused_can_be_accused(f: Fields) -> pl.Expr:
    """Nothing is an offence which is done by a child under seven years of age. Source: IPC s.82, BNS s.20."""
    return ~((f.role == "accused") & (f.age < _CAN_BE_ACCUSED))
