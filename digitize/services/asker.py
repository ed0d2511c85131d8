"""Who queries a service, and in which role of the policy table."""

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
    """Person who queries a service.

    by: person, account, purpose, and whether protected names may be seen. role: of ASKED_AS. stations: the person's
    own, as STATION or DISTRICT/STATION. address: IP address, or account on this machine, since a command accepts any
    name; "" to skip rate limits by address.
    """

    by: Searcher
    role: str
    stations: tuple[str, ...] = ()
    address: str = ""

    def check(self) -> None:
        """Raise OptionsError if the query is not allowed in this role."""
        if self.role not in ASKED_AS:
            raise OptionsError(f"The role must be one of: {', '.join(ASKED_AS)}.")
        if self.by.unmasking is not None and self.role == PUBLIC:
            raise OptionsError("The public is never shown protected names.")
        check_purpose(self.by.why)

    @property
    def unmasking(self) -> Unmasking | None:
        """The person responsible for showing protected names; None if they are hidden."""
        return self.by.unmasking

    def role_for(self, record: Record) -> str:
        """Role in which a record is seen: own police if its station is the person's own."""
        if self.role != POLICE:
            return self.role
        station = fold_key(text_of(record.fields.get("police_station")))
        district = fold_key(text_of(record.fields.get("district")))
        return OWN if any(_is_station(own, station, district) for own in self.stations) else POLICE


def check_purpose(why: str) -> None:
    """Raise OptionsError for a purpose that says nothing."""
    if sum(map(str.isalnum, why)) < _LEAST_PURPOSE or len(why) > _MOST_PURPOSE:
        raise OptionsError("Give the purpose (why) in at least three letters or digits. It is logged.")


def _is_station(own: str, station: str, district: str) -> bool:
    where, _, name = own.rpartition("/")
    return bool(station) and fold_key(name) == station and (not where or fold_key(where) == district)
