"""Queries of services about persons: by name, or by station or district and dates; and matching rows of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from digitize.errors import OptionsError
from digitize.machine.today import today_in_india
from digitize.search.answers import Ground, RankedRow
from digitize.search.cases import FoundCases, text_of
from digitize.search.persons import find_persons
from digitize.search.picking import Pick, PickedRow, each_row
from digitize.search.query import SearchQuery
from digitize.search.store_queries import SearchStore
from digitize.search.visibility import never_enough
from digitize.search.words import Stations, place_names_of
from digitize.services.identity import UNSURE
from digitize.services.kind import DAY, HIDDEN, MATCH, SAYS, YEAR, Answering, Parameter
from digitize.services.standing import PersonStanding
from digitize.targets.search_rows import NAMES, RELATIVES
from mappers.record import Record
from mappers.text.folding import fold_digits, fold_key

NAMED_BY = NAMES
NAME_FIELDS = frozenset(NAMED_BY)
KIN_FIELDS = frozenset(RELATIVES)
AGE_FIELDS = frozenset(("age", "age_from", "age_to", "birth_year", "birth_date"))
DAYS_BESIDE = ("arrest_date", "report_type", "report_date", "judgment_date", "result_date")
FATE_BESIDE = ("status", "court_result", "appeal_result")
"""Fields shown of records that decide a person's status."""
PERSON_ASKED = (
    Parameter("name", "the name, in any script and spelling", names_person=True),
    Parameter("relative", "the name of father, husband or guardian", names_person=True),
    Parameter("age", "at the time of the case: 34, or 30-40"),
    Parameter("birth_year", "the year of birth", YEAR),
    Parameter("address", "village, street or other words of the address", names_person=True),
)
PLACE_ASKED = (
    Parameter("station", "the police station, in any script"),
    Parameter("district", "the district, by any of its names"),
    Parameter("since", "the first day", DAY),
    Parameter("until", "the last day; give the last day shown to see earlier ones", DAY),
)
MOST = 240
"""Rows examined for one answer: as many as are opened for one."""
_MOST_DAYS, _BORN_WITHIN = 31, 2


def is_by_name(given: Mapping[str, str]) -> bool:
    """Whether the query is by name."""
    return any(given.get(n, "").strip() for n in ("name", "relative"))


def find_named(store: SearchStore, given: Mapping[str, str], forms: tuple[str, ...]) -> list[RankedRow]:
    """Persons of some forms matching the given facts, best first; nobody for a station that does not exist."""
    text = {n: given.get(n, "").strip() for n in ("name", "relative", "station", "age")}
    query = SearchQuery(text["name"], "person", text["relative"], text["station"], age=text["age"])
    query.check()
    stations = Stations(store).find_alike(text["station"]) if text["station"] else {}
    if text["station"] and not stations:
        return []
    found = find_persons(store, query, stations, (), never_enough, forms)
    return _born_in(found, given.get("birth_year", ""))[:MOST]


def _born_in(found: Sequence[RankedRow], year: str) -> list[RankedRow]:
    """Results without those born in other years; ages are rounded, so a year or two make no difference."""
    if not year:
        return list(found)
    asked, made = int(fold_digits(year)), []
    for one in found:
        is_known = bool(one.row.born_from)
        if is_known and not one.row.born_from - _BORN_WITHIN <= asked <= one.row.born_to + _BORN_WITHIN:
            continue
        grounds = (*one.grounds, Ground("birth_year", "alike")) if is_known else one.grounds
        made.append(replace(one, grounds=grounds))
    return made


def fields_of(given: Mapping[str, str]) -> frozenset[str]:
    """Fields by which a person was found by name."""
    asked = (
        ("name", NAME_FIELDS), ("relative", KIN_FIELDS), ("age", AGE_FIELDS), ("birth_year", AGE_FIELDS),
        ("address", frozenset({"address"})),
    )  # fmt: skip
    return frozenset(n for name, fields in asked if given.get(name, "").strip() for n in fields)


def place_of(store: SearchStore, given: Mapping[str, str]) -> dict[str, tuple[str, ...]] | None:
    """Field -> values, for records of the station and the district; None if there is no such station."""
    wanted: dict[str, tuple[str, ...]] = {}
    if station := given.get("station", "").strip():
        meant = Stations(store).find_alike(station)
        names = tuple(sorted(n for n in store.stations() if fold_key(n) in meant))
        if not names:
            return None
        wanted["police_station"] = names
    if district := given.get("district", "").strip():
        ways = dict.fromkeys(way for n in place_names_of(district) for way in (n, n.title(), n.lower(), n.upper()))
        wanted["district"] = tuple(ways)
    return wanted


def is_of_district(record: Record, given: Mapping[str, str]) -> bool:
    """Whether a record belongs to the given district, by any of its names."""
    names = {fold_key(n) for n in place_names_of(given.get("district", "").strip())} - {""}
    return not names or fold_key(text_of(record.fields.get("district"))) in names


def others_of(standing: PersonStanding, cases: FoundCases, record: str) -> tuple[Answering, ...]:
    """Rows of other records that decide a person's status, each once, by date."""
    rows = dict.fromkeys((e.record.id, e.record.form, e.at) for e in standing.by if e.record.id != record)
    return tuple(
        Answering(name, form, "persons", cases.lines[name, "persons"][at], 1.0, (Ground("number", "same"),))
        for name, form, at in rows
    )


def said_of_person(found: Sequence[Mapping[str, str]]) -> set[str]:
    """What results say of the very person asked for; UNSURE for one who is perhaps another.

    Of what is not shown nothing is told: else a name would tell that somebody hidden bears it.
    """
    return {UNSURE if row.get(MATCH) == UNSURE else row.get(SAYS, "") for row in found} - {HIDDEN, ""}


def place_grounds(given: Mapping[str, str]) -> tuple[Ground, ...]:
    """Grounds of results found by station or district."""
    asked = (("station", "station"), ("district", "place"))
    return tuple(Ground(word, "same") for name, word in asked if given.get(name))


def check_days(given: Mapping[str, str]) -> tuple[str, str]:
    """The dates from and to, "" if open. Raises OptionsError if the end is before the start."""
    since, until = given.get("since", ""), given.get("until", "")
    if since and until and since > until:
        raise OptionsError("The last day is before the first.")
    return since, until


def list_rows(store: SearchStore, pick: Pick) -> Iterator[PickedRow]:
    """Selected rows, newest first, limited to those examined."""
    return each_row(store, pick, MOST)


def score_by_day(day: str, newest: str) -> float:
    """Score that puts newer rows first, from a row's own date and the query, so that it discloses nothing about others.

    newest: last date of the query. By day for a hundred days, by month before; rows without a date are last.
    """
    try:
        ago = max(0, (date.fromisoformat(newest) - date.fromisoformat(day)).days)
    except ValueError:
        return 0.001
    return 1 - ago / 1000 if ago < 100 else max(0.002, 0.9 - ago / 30_000)


def today() -> str:
    """Today's date in India, ISO."""
    return today_in_india().isoformat()


def require_some(given: Mapping[str, str], *others: str) -> None:
    """Raise OptionsError if the query is so broad that the answer would be a whole register."""
    days = check_days(given)
    is_short = all(days) and (date.fromisoformat(days[1]) - date.fromisoformat(days[0])).days <= _MOST_DAYS
    if not (is_by_name(given) or is_short or any(given.get(n, "").strip() for n in ("station", "district", *others))):
        raise OptionsError(f"Give a name, a station, a district, or a period of {_MOST_DAYS} days at most.")
