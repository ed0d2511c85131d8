"""What the services answer of the planted cases (`tools/exits/masking.py`)."""

from __future__ import annotations

from sample_data.makers.planted import Planted


def ask_services(at: Planted) -> str:
    """What each service answers to public, police and court who ask by each name and each FIR, without a reason."""
    import sqlite3

    from digitize.errors import OptionsError
    from digitize.search.log import Searcher
    from digitize.services.asker import ServiceAsker
    from digitize.services.policy import ASKED_AS
    from digitize.services.query_service import ServiceDesk
    from digitize.services.registry import load_services
    from digitize.targets.sqlite import SqliteTarget

    path = at.workspace / "loaded" / "cctns.sqlite"
    with sqlite3.connect(path) as db:
        firs = db.execute("SELECT fir_no, year, police_station FROM iif1").fetchall()
    asked = [{"name": " ".join(words)} for words in sorted(set(at.names.values()))]
    asked += [{"number": str(no), "year": str(year), "station": station} for no, year, station in firs]
    target = SqliteTarget(path)
    desk, told = ServiceDesk(target), []
    for service in load_services().values():
        known = {p.name for p in service.parameters}
        for role in ASKED_AS:
            asker = ServiceAsker(Searcher("Any", "any@here", "measuring"), role)
            for given in (one for one in asked if one.keys() <= known and service.answer is None):
                try:
                    told.append(str(desk.answer(service, given, asker).as_plain()))
                except OptionsError as e:
                    told.append(str(e))
    target.close()
    return "\n".join(told)
