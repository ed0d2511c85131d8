"""What the sections of one record say together, and of its persons and property."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mappers.codes.joint_names import JOINT_NAME
from validators.rulebook.columns import Fields
from validators.rulebook.masters import limits, not_cognizable, sections_of_heads
from validators.rulebook.rule import EVERY_FORM, example, rule, tells

_ACTS = ("acts.act", "acts.section")
# Sections that only spread or prepare the guilt of another one.
_IPC_WITH_OTHERS, _BNS_WITH_OTHERS = ("34", "149", "120B", "109", "511"), ("190", "61", "49", "62")
_RIOT = {"IPC": ("143", "144", "145", "146", "147", "148"), "BNS": ("189", "191")}
_THEFT = {
    "IPC": ("379", "380", "381", "382", "392", "395", "457"),
    "BNS": ("303", "304", "305", "309", "310", "331"),
}
_ATTEMPT = {"IPC": ("511",), "BNS": ("62",)}
# Chapter II of the Arms Act (licences, which the penal sections punish), chapter V (penalties), and sanction.
_FULL = {"narrative": "A cow was lost.", "action_taken": "registered_investigation_taken_up"}
_ARMS = (*range(3, 13), *range(25, 34), 39)


def is_one_of(row: Fields, sections: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    """Whether a row's section, without its clauses, is among these of its act."""
    number = row.section_number
    return pl.any_horizontal((row.act == act) & number.is_in(numbers) for act, numbers in sections.items())


def numbers_of(sections: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The sections of all acts, for a rule that has nothing to say without one of them."""
    return tuple(number for numbers in sections.values() for number in numbers)


def _goes_with_others(row: Fields) -> pl.Expr:
    """Common intention and object, conspiracy, abetment, attempt."""
    number = row.section_number
    of_bns = number.is_in(_BNS_WITH_OTHERS) | (row.section == "3(5)")
    return ((row.act == "IPC") & number.is_in(_IPC_WITH_OTHERS)) | ((row.act == "BNS") & of_bns)


@rule(
    "L014",
    slug="not-cognizable-alone",
    acts=("IPC",),
    sections=tuple(sorted(not_cognizable())),
    form="iif1",
    fields=("acts", *_ACTS, "other_acts"),
)
@tells(
    "E",
    en="All sections are offences for which no FIR may be registered without a magistrate's order.",
    hi="सभी धाराएँ असंज्ञेय अपराध की हैं, जिन पर मजिस्ट्रेट के आदेश बिना प्राथमिकी नहीं होती।",
)
@example(
    passes={"acts": [{"act": "IPC", "section": "323"}, {"act": "IPC", "section": "379"}]},
    fails={"acts": [{"act": "IPC", "section": "504"}]},
)
def a_section_is_cognizable(f: Fields) -> pl.Expr:
    """Hurt (323), insult (504) and intimidation (506(1)) are reported in the register of such cases.

    Source: CrPC s.155. A plain 506 is not judged, since its second part, and in some states all of it, is cognizable.
    States have amended the schedule, and an order has no field of its own, so a person looks.
    """

    def is_minor(row: Fields) -> pl.Expr:
        number = row.section_number
        is_listed = (row.act == "IPC") & number.is_in(sorted(not_cognizable())) & (row.section != "506")
        is_listed &= row.section != "506(2)"
        return is_listed | _goes_with_others(row)

    all_minor = f.rows("acts").all(is_minor) & ~f.rows("acts").all(_goes_with_others)
    return ~all_minor | f.other_acts.is_not_null()


@rule(
    "L015",
    slug="section-that-needs-another",
    sections=(*_IPC_WITH_OTHERS, *_BNS_WITH_OTHERS, "3"),
    form="iif1",
    fields=("acts", *_ACTS, "other_acts"),
)
@tells(
    "W",
    en="Common intention, conspiracy, abetment or attempt is charged, but no offence.",
    hi="केवल सामान्य आशय, षड्यंत्र, दुष्प्रेरण या प्रयत्न की धारा है, मूल अपराध की नहीं।",
)
@example(
    passes={"acts": [{"act": "IPC", "section": "379"}, {"act": "IPC", "section": "34"}]},
    fails={"acts": [{"act": "IPC", "section": "34"}]},
)
def an_offence_is_charged(f: Fields) -> pl.Expr:
    """IPC 34, 149, 120B, 109, 511 and BNS 3(5), 190, 61, 49, 62 stand beside another section; it was not read."""
    return ~f.rows("acts").all(_goes_with_others) | f.other_acts.is_not_null()


@rule(
    "L016",
    slug="too-few-accused-for-section",
    sections=("34", "149", "3", "190"),
    form="iif1",
    fields=("acts", *_ACTS, "persons.role", "persons.name", "persons.status", "more_accused"),
)
@tells(
    "W",
    en="The section needs more accused persons than are named.",
    hi="इस धारा के लिए लिखे गए आरोपियों से अधिक आरोपी चाहिए।",
)
@example(
    passes={
        "acts": [{"act": "IPC", "section": "379"}, {"act": "IPC", "section": "34"}],
        "persons": [{"role": "accused", "name": "Qarla"}, {"role": "accused", "name": "Zorab"}],
    },
    fails={
        "acts": [{"act": "IPC", "section": "323"}, {"act": "IPC", "section": "149"}],
        "persons": [{"role": "accused", "name": "Qarla"}, {"role": "accused", "name": "Zorab"}],
    },
)
def accused_are_enough(f: Fields) -> pl.Expr:
    """Common intention (34) takes two, an unlawful assembly (149) five, or a section of rioting beside it.

    Judged only where every accused is known by a name of one person, and nobody more is spoken of.
    """

    def is_unclear(p: Fields) -> pl.Expr:
        named = p.name.is_not_null() & ~p.name.str.contains(JOINT_NAME) & (p.status != "unknown").fill_null(value=True)
        return (p.role == "accused") & ~named

    accused = f.rows("persons").tell(lambda p: (p.role == "accused").sum())
    unclear = f.rows("persons").any(is_unclear) | (f.more_accused > 0).fill_null(value=False)
    shared = f.rows("acts").any(lambda a: is_one_of(a, {"IPC": ("34",)}) | ((a.act == "BNS") & (a.section == "3(5)")))
    assembly = f.rows("acts").any(lambda a: is_one_of(a, {"IPC": ("149",), "BNS": ("190",)}))
    riot = f.rows("acts").any(lambda a: is_one_of(a, _RIOT))
    too_few = (shared & (accused == 1)) | (assembly & ~riot & accused.is_between(1, 4))
    return unclear | ~too_few


@rule(
    "L021",
    slug="sections-of-another-head",
    form="iif2",
    table="iif2_acts",
    fields=("section", "act", "parent.major_head"),
)
@tells(
    "W",
    en="None of the sections belongs to the crime head that is given.",
    hi="कोई भी धारा लिखे गए अपराध शीर्ष की नहीं है।",
)
@example(
    passes={"major_head": "murder", "acts": [{"act": "IPC", "section": "302"}]},
    fails={"major_head": "theft", "acts": [{"act": "IPC", "section": "302"}]},
)
def head_fits_a_section(f: Fields) -> pl.Expr:
    """A case is counted under the head of its principal offence. Source: notes of "Crime in India".

    Judged where all sections are of the IPC or BNS and the head has sections of these; told on the first of them.
    """
    fits = _is_of_head(f).any().over(f.record)
    is_penal = f.act.is_in(["IPC", "BNS"]).fill_null(value=False).all().over(f.record)
    is_judged = is_penal & f.parent.major_head.is_in(sorted(sections_of_heads())) & f.record.is_first_distinct()
    return ~is_judged | fits


def _is_of_head(f: Fields) -> pl.Expr:
    """Whether a section, whole or with its clauses, is counted under the head of the record."""
    heads = sections_of_heads()
    known = sorted(f"{h}\x1f{act}\x1f{number}" for h, pairs in heads.items() for act, number in pairs)
    ways = (f.section_number, f.section)
    pairs = [pl.concat_str(f.parent.major_head, f.act, way, separator="\x1f") for way in ways]
    return pl.any_horizontal(pair.is_in(known).fill_null(value=False) for pair in pairs)


@rule(
    "L022",
    slug="head-of-a-lesser-offence",
    form="iif2",
    table="iif2_acts",
    fields=("section", "act", "parent.major_head"),
)
@tells(
    "I",
    en="The crime head is not that of the section with the heaviest punishment.",
    hi="अपराध शीर्ष सबसे कड़े दंड वाली धारा का नहीं है।",
)
@example(
    passes={"major_head": "murder", "acts": [{"act": "IPC", "section": "302"}, {"act": "IPC", "section": "379"}]},
    fails={"major_head": "theft", "acts": [{"act": "IPC", "section": "302"}, {"act": "IPC", "section": "379"}]},
)
def head_is_of_the_heaviest(f: Fields) -> pl.Expr:
    """The principal offence is the one with the heaviest maximum punishment. Source: notes of "Crime in India".

    Judged where all sections are of the IPC with limits that were compared; told on the first of them.
    """
    # Compared in this order: death, life, the longest term.
    weights = {n: (one.death, one.life, one.years) for n, one in limits().items()}
    ranks = {weight: i for i, weight in enumerate(sorted(set(weights.values())))}
    number = pl.when(f.act == "IPC").then(f.section_number)
    weight = number.replace_strict(
        list(weights), [ranks[w] for w in weights.values()], default=None, return_dtype=pl.Int64
    )
    is_heaviest = weight == weight.max().over(f.record)
    is_judged = weight.is_not_null().all().over(f.record) & f.parent.major_head.is_in(sorted(sections_of_heads()))
    fits = (is_heaviest & _is_of_head(f)).any().over(f.record)
    return ~(is_judged & f.record.is_first_distinct()) | fits


@rule("L025", slug="not-a-section-of-arms", acts=("ARMS",), form=EVERY_FORM, table="acts", fields=("section", "act"))
@tells(
    "W",
    en="The punishments of the Arms Act are in its sections 25 to 30; this section is not one of these, nor one they "
    "refer to.",
    hi="आयुध अधिनियम की दंड धाराएँ 25 से 30 हैं; यह न उनमें है, न उनसे जुड़ी।",
)
@example(
    passes={"acts": [{"act": "ARMS", "section": "25(1B)(a)"}]},
    fails={"acts": [{"act": "ARMS", "section": "250"}]},
)
def arms_section_is_one(f: Fields) -> pl.Expr:
    """Sections 3 to 12 on licences are written beside the penal ones ("3/25"), and 39 on sanction."""
    number = f.section.str.extract(r"^([0-9]+)").cast(pl.Int64, strict=False)
    return (f.act != "ARMS") | number.is_in(_ARMS)


@rule(
    "X024",
    slug="theft-without-property",
    needs=("narrative", "action_taken"),
    sections=numbers_of(_THEFT),
    form="iif1",
    fields=("property", *_ACTS, "vehicles", "property_value", "narrative", "action_taken"),
)
@tells(
    "W",
    en="The sections are theft, robbery or burglary, but no property is listed.",
    hi="धाराएँ चोरी, लूट या सेंधमारी की हैं, पर कोई संपत्ति नहीं लिखी है।",
)
@example(
    passes={"acts": [{"act": "IPC", "section": "379"}], "property": [{"description": "Cow"}]},
    fails={"acts": [{"act": "IPC", "section": "379"}], **_FULL},
)
def theft_has_property(f: Fields) -> pl.Expr:
    """Items 9 and 10 list what was taken; attempts are left out.

    A line of a register, without items 12 and 13, is not judged.
    """
    is_theft = f.rows("acts").any(lambda a: is_one_of(a, _THEFT)) & ~f.rows("acts").any(
        lambda a: is_one_of(a, _ATTEMPT)
    )
    has = (f.count("property") > 0) | (f.count("vehicles") > 0) | f.property_value.is_not_null()
    return ~(is_theft & f.narrative.is_not_null() & f.action_taken.is_not_null()) | has
