"""Who asks a service, and as what: the role that the policy table speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from digitize.errors import OptionsError
from digitize.masking.unmasking import Unmasking
from digitize.search.cases import text_of
from digitize.search.log import Searcher
from digitize.services.policy import ASKED_AS, OWN, POLICE, PUBLIC
from mappers.record import Record
from mappers.text.folding import fold_key

_LEAST_PURPOSE, _MOST_PURPOSE = 3, 200


@dataclass(frozen=True, slots=True)
class ServiceAsker:
    """Who asks a service. by: the person, the account, what for, and whether protected names may be seen.

    role: of ASKED_AS. stations: whose records are the asker's own, as STATION or DISTRICT/STATION. address: from which
    machine, or whose account of this one, since a command may be given any name; "" where nobody is counted by it.
    """

    by: Searcher
    role: str
    stations: tuple[str, ...] = ()
    address: str = ""

    def check(self) -> None:
        """Raise OptionsError for who may not ask so."""
        if self.role not in ASKED_AS:
            raise OptionsError(f"A service is asked as one of: {', '.join(ASKED_AS)}.")
        if self.by.unmasking is not None and self.role == PUBLIC:
            raise OptionsError("The public is never shown protected names.")
        check_purpose(self.by.why)

    @property
    def unmasking(self) -> Unmasking | None:
        """Who answers for it that protected names are shown; None where they are not."""
        return self.by.unmasking

    def role_for(self, record: Record) -> str:
        """The role in which a record is seen: that of police of the station which keeps it, where it is theirs."""
        if self.role != POLICE:
            return self.role
        station = fold_key(text_of(record.fields.get("police_station")))
        district = fold_key(text_of(record.fields.get("district")))
        return OWN if any(_is_station(own, station, district) for own in self.stations) else POLICE


def check_purpose(why: str) -> None:
    """Raise OptionsError for a purpose that says nothing."""
    if sum(map(str.isalnum, why)) < _LEAST_PURPOSE or len(why) > _MOST_PURPOSE:
        raise OptionsError("Say what it is for (why): a purpose of three letters or digits at least. It is logged.")


def _is_station(own: str, station: str, district: str) -> bool:
    where, _, name = own.rpartition("/")
    return bool(station) and fold_key(name) == station and (not where or fold_key(where) == district)
