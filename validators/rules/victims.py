"""What some sections say of the victim: age, sex, caste category, death."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.rule import example, rule, tells
from validators.rules.charges import is_one_of, numbers_of

_ACTS = ("acts.act", "acts.section")
_SCHEDULED = ("SC", "ST")
_ADULT = 18
_DOWRY_DEATH = {"IPC": ("304B",), "BNS": ("80",)}
_CRUELTY = {"IPC": ("498A",), "BNS": ("85",)}
_KILLED = {"IPC": ("302", "303", "304", "304A", "304B", "306", "396"), "BNS": ("103", "104", "105", "106", "80", "108")}


def _is_wronged(row: Fields) -> pl.Expr:
    return row.role.is_in(["victim", "deceased"])


def _no_woman(f: Fields) -> pl.Expr:
    """Whether there are victims, the sex of each is known, and none is a woman."""
    others = f.rows("persons").tell(lambda p: p.sex.filter(_is_wronged(p)).is_in(["male"]).fill_null(value=False).all())
    return others & f.rows("persons").any(_is_wronged)


@rule(
    "L017",
    slug="no-scheduled-caste-or-tribe",
    acts=("SCST",),
    form="iif1",
    fields=("persons", "acts.act", "persons.role", "persons.caste_category"),
)
@tells(
    "W",
    en="The SC/ST Act is charged, but no victim belongs to these groups, or all accused do.",
    hi="अनु. जाति/जनजाति अधिनियम लगा है, पर कोई पीड़ित इन वर्गों का नहीं, या सभी आरोपी इन्हीं के हैं।",
)
@example(
    passes={"acts": [{"act": "SCST", "section": "3"}], "persons": [{"role": "victim", "caste_category": "SC"}]},
    fails={"acts": [{"act": "SCST", "section": "3"}], "persons": [{"role": "victim", "caste_category": "general"}]},
)
def atrocity_act_fits(f: Fields) -> pl.Expr:
    """The act protects members of the Scheduled Castes and Tribes against others. Source: SC/ST (PoA) Act s.3.

    Judged where the category of all victims and complainants, or of all accused, is known; the rank of the officer
    is told by X021.
    """

    def all_are(roles: tuple[str, ...], categories: tuple[str, ...]) -> pl.Expr:
        def has_only(p: Fields) -> pl.Expr:
            found = p.caste_category.filter(p.role.is_in(roles))
            return (found.len() > 0) & found.is_in(categories).fill_null(value=False).all()

        return f.rows("persons").tell(has_only)

    wrong = all_are(("victim", "complainant"), ("OBC", "general")) | all_are(("accused",), _SCHEDULED)
    return ~(f.rows("acts").any(lambda a: a.act == "SCST") & wrong)


@rule(
    "L018",
    slug="no-child-under-pocso",
    acts=("POCSO",),
    form="iif1",
    fields=("persons", "acts.act", "persons.role", "persons.age", "fir_date", "occurrence_from"),
)
@tells(
    "W",
    en="The POCSO Act is charged, but every victim was an adult at the occurrence.",
    hi="पॉक्सो अधिनियम लगा है, पर घटना के समय हर पीड़ित वयस्क था।",
)
@example(
    passes={"acts": [{"act": "POCSO", "section": "6"}], "persons": [{"role": "victim", "age": "15"}]},
    fails={"acts": [{"act": "POCSO", "section": "6"}], "persons": [{"role": "victim", "age": "24"}]},
)
def victim_is_a_child(f: Fields) -> pl.Expr:
    """A child is a person under eighteen. Source: POCSO Act s.2(d).

    The age stands for the day of the record: a year is taken off, and as many as lie between it and the occurrence.
    """
    youngest = f.rows("persons").tell(
        lambda p: pl.when(p.age.filter(p.role == "victim").null_count() == 0).then(
            p.age.filter(p.role == "victim").min()
        )
    )
    years = (f.fir_date.dt.year() - f.occurrence_from.dt.year()).fill_null(0) + 1
    return ~(f.rows("acts").any(lambda a: a.act == "POCSO") & (youngest - years >= _ADULT))


@rule(
    "L019",
    slug="dowry-death-of-no-woman",
    sections=numbers_of(_DOWRY_DEATH),
    form="iif1",
    fields=("persons", *_ACTS, "persons.role", "persons.sex"),
)
@tells("W", en="Dowry death is charged, but no victim is a woman.", hi="दहेज मृत्यु की धारा है, पर कोई पीड़ित महिला नहीं है।")
@example(
    passes={"acts": [{"act": "IPC", "section": "304B"}], "persons": [{"role": "victim", "sex": "female"}]},
    fails={"acts": [{"act": "IPC", "section": "304B"}], "persons": [{"role": "victim", "sex": "male"}]},
)
def dowry_death_is_of_a_woman(f: Fields) -> pl.Expr:
    """The section speaks of a woman dead within seven years of her marriage. The date of marriage is no field."""
    return ~(f.rows("acts").any(lambda a: is_one_of(a, _DOWRY_DEATH)) & _no_woman(f))


@rule(
    "L020",
    slug="cruelty-to-no-wife",
    sections=numbers_of(_CRUELTY),
    form="iif1",
    fields=("persons", *_ACTS, "persons.role", "persons.sex"),
)
@tells(
    "W",
    en="Cruelty by the husband or his relatives is charged, but no victim is a woman.",
    hi="पति या उसके संबंधियों की क्रूरता की धारा है, पर कोई पीड़ित महिला नहीं है।",
)
@example(
    passes={"acts": [{"act": "IPC", "section": "498A"}], "persons": [{"role": "victim", "sex": "female"}]},
    fails={"acts": [{"act": "IPC", "section": "498A"}], "persons": [{"role": "victim", "sex": "male"}]},
)
def cruelty_is_to_a_wife(f: Fields) -> pl.Expr:
    """IPC s.498A and BNS s.85 protect married women. Whose husband or relative the accused is, no field tells."""
    return ~(f.rows("acts").any(lambda a: is_one_of(a, _CRUELTY)) & _no_woman(f))


@rule(
    "X025",
    slug="killing-without-a-dead-victim",
    sections=numbers_of(_KILLED),
    form="iif2",
    fields=("persons", *_ACTS, "persons.role", "persons.injury"),
)
@tells(
    "W",
    en="The sections are about a killing, but no victim is marked as dead.",
    hi="धाराएँ मृत्यु से संबंधित हैं, पर किसी पीड़ित को मृत नहीं लिखा है।",
)
@example(
    passes={"acts": [{"act": "IPC", "section": "302"}], "persons": [{"role": "victim", "injury": "dead"}]},
    fails={"acts": [{"act": "IPC", "section": "302"}], "persons": [{"role": "victim", "injury": "simple"}]},
)
def killing_has_a_dead_victim(f: Fields) -> pl.Expr:
    """Item 5 of the crime details tells how each victim was hurt. Judged where it does so for all of them.

    The number of the inquest is mostly given after the FIR, so its absence there says nothing.
    """
    is_killing = f.rows("acts").any(lambda a: is_one_of(a, _KILLED)) & ~f.rows("acts").any(
        lambda a: is_one_of(a, {"IPC": ("511",), "BNS": ("62",)})
    )
    alive = f.rows("persons").tell(
        lambda p: p.injury.filter(_is_wronged(p)).is_in(["none", "simple", "grievous"]).fill_null(value=False).all()
    )
    return ~(is_killing & alive & f.rows("persons").any(_is_wronged))
