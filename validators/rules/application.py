"""Where and when acts apply: states, the years of struck-down sections, and the procedure of the day."""

from __future__ import annotations

from datetime import date

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.masters import act_states, sections_ended
from validators.rulebook.rule import EVERY_FORM, example, rule, tells
from validators.rules.law import BNS_BEGINS, SPAN, latest, look_up

_JAMMU_KASHMIR = ("jk", "la")
_IPC_IN_JAMMU_KASHMIR = date(2019, 10, 31)
_66A_ENDED = "2015-03-24"


@rule(
    "L008",
    slug="procedure-of-another-time",
    acts=("CRPC", "BNSS"),
    sections=("154", "173"),
    needs=("act", "section", "parent.fir_date"),
    form="iif1",
    table="iif1_acts",
    fields=("section", "act", "parent.fir_date"),
)
@tells(
    "I",
    en="The section on registering a report is not that of the law in force on the day of the FIR.",
    hi="प्राथमिकी दर्ज करने की धारा उस दिन लागू विधि की नहीं है।",
)
@example(
    passes={"fir_date": "2024-07-05", "acts": [{"act": "BNSS", "section": "173"}]},
    fails={"fir_date": "2024-07-05", "acts": [{"act": "CRPC", "section": "154"}]},
)
def procedure_is_of_the_day(f: Fields) -> pl.Expr:
    """A report is taken under CrPC s.154 until 30 June 2024 and under BNSS s.173 since, whatever the penal act.

    Source: BNSS s.531.
    """
    number = f.section_number
    is_new = f.parent.fir_date >= BNS_BEGINS
    old_law, new_law = (f.act == "CRPC") & (number == "154"), (f.act == "BNSS") & (number == "173")
    return ~((old_law & is_new) | (new_law & ~is_new))


@rule(
    "L009",
    slug="ipc-in-jammu-and-kashmir",
    needs=("act", "parent.state"),
    acts=("IPC",),
    form="iif1",
    table="iif1_acts",
    fields=("act", "parent.state", *SPAN),
)
@tells(
    "E",
    en="Until 30 October 2019 the Ranbir Penal Code applied in Jammu and Kashmir, not the IPC.",
    hi="30 अक्टूबर 2019 तक जम्मू-कश्मीर में रणबीर दंड संहिता लागू थी, भा.दं.सं. नहीं।",
)
@example(
    passes={"state": "jk", "occurrence_from": "2015-05-01", "acts": [{"act": "RPC", "section": "379"}]},
    fails={"state": "jk", "occurrence_from": "2015-05-01", "acts": [{"act": "IPC", "section": "379"}]},
)
def ipc_has_reached_the_state(f: Fields) -> pl.Expr:
    """The Reorganisation Act 2019 brought the IPC to Jammu and Kashmir and to Ladakh. Officers did write IPC before."""
    is_there = f.parent.state.is_in(_JAMMU_KASHMIR)
    return ~((f.act == "IPC") & is_there & (latest(f) < _IPC_IN_JAMMU_KASHMIR))


@rule(
    "L010",
    slug="act-of-another-state",
    acts=tuple(sorted(act_states())),
    needs=("act", "parent.state"),
    form=EVERY_FORM,
    table="acts",
    fields=("act", "parent.state"),
)
@tells("E", en="The act belongs to another state.", hi="यह अधिनियम दूसरे राज्य का है।")
@example(
    passes={"state": "mh", "acts": [{"act": "MCOCA", "section": "3"}]},
    fails={"state": "as", "acts": [{"act": "MCOCA", "section": "3"}]},
)
def act_is_of_the_state(f: Fields) -> pl.Expr:
    """An act of a state's legislature ends at its border; a new state keeps those of the one it was cut from.

    Source: `mappers/codes/acts.csv`. Acts without a list of states are not judged.
    """
    pairs = sorted(f"{act}\x1f{state}" for act, where in act_states().items() for state in where)
    is_of_it = pl.concat_str(f.act, f.parent.state, separator="\x1f").is_in(pairs)
    return pl.when(f.act.is_in(sorted(act_states()))).then(is_of_it)


@rule(
    "L013",
    slug="section-ended-before",
    acts=("IPC", "IT"),
    sections=(*sorted(sections_ended()), "66A"),
    needs=("act", "section", "parent.occurrence_from"),
    form="iif1",
    table="iif1_acts",
    fields=("section", "act", "parent.occurrence_from"),
)
@tells(
    "W",
    en="The section had been repealed or struck down before the occurrence.",
    hi="घटना से पहले यह धारा निरस्त या असंवैधानिक घोषित हो चुकी थी।",
)
@example(
    passes={"occurrence_from": "2012-05-01", "acts": [{"act": "IT", "section": "66A"}]},
    fails={"occurrence_from": "2019-05-01", "acts": [{"act": "IT", "section": "66A"}]},
)
def section_has_not_ended(f: Fields) -> pl.Expr:
    """IT Act s.66A fell on 24 March 2015, IPC s.497 on 27 September 2018, bribery went to an act of its own in 1988.

    Source: `mappers/codes/ipc_section_ended.csv`. Consent under IPC s.377 and illness under s.309 are not seen here.
    """
    number = f.section_number
    ended = look_up(number, sections_ended())
    of_it = look_up(number, {"66A": _66A_ENDED})
    day = pl.when(f.act == "IPC").then(ended).when(f.act == "IT").then(of_it)
    return f.parent.occurrence_from <= day
