"""The words of the services for vehicles, persons and things: each verdict and each answer has its own, in both languages."""

import tomllib
from importlib import resources

import pytest

from digitize.services.kinds import arrested_wanted, proclaimed_offenders, stolen_property, vehicle_noc
from digitize.services.standing import UNSURE, WANTED_WORDS, meaning, standings
from digitize.services.things import (
    DIFFERS,
    IN_A_CASE,
    NEAR_SAYS,
    OF_THE_CASE,
    RECOVERED,
    STOLEN,
    STOLEN_OR_RECOVERED,
    TOLD_SAYS,
    WAS_STOLEN,
)

THINGS = {STOLEN, WAS_STOLEN, RECOVERED, IN_A_CASE, OF_THE_CASE, STOLEN_OR_RECOVERED, NEAR_SAYS, TOLD_SAYS}
WARRANTS = {meaning("warrant_status", c) for c in standings()["warrant_status"]} | {"ended-since", UNSURE}
PERSONS = {*WANTED_WORDS, UNSURE, *(meaning("arrests", c) for c in standings()["arrests"])}
SERVICES = [
    (vehicle_noc.SERVICE, {STOLEN, RECOVERED, IN_A_CASE, "unsure", "no-record"}, THINGS | {DIFFERS}),
    (stolen_property.SERVICE, {STOLEN, RECOVERED, IN_A_CASE, "unsure", "none"}, THINGS),
    (proclaimed_offenders.SERVICE, {"outstanding", "over", "unsure", "none"}, WARRANTS),
    (arrested_wanted.SERVICE, {"wanted", "arrested", "unsure", "none"}, PERSONS),
]


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(("service", "verdicts", "says"), SERVICES, ids=[s.name for s, _, _ in SERVICES])
def test_words(service, verdicts, says, language):
    file = resources.files("digitize.serving") / "words" / f"services_{language}.toml"
    words = tomllib.loads(file.read_text(encoding="utf-8"))["service"][service.name]
    assert words["verdict"].keys() == verdicts and words["says"].keys() == says
    assert words["given"].keys() == {p.name for p in service.parameters}
    choices = {
        c for p in service.parameters if p.name != "kind" or service.name == "proclaimed-offenders" for c in p.choices
    }
    assert words["choice"].keys() == choices if choices else "choice" not in words
