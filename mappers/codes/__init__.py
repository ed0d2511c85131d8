"""Code lists: acts, sections, states, districts, stations and the closed lists of the forms; SOURCES.md says whence."""

from mappers.codes.acts import Act, SectionPair, act_list, acts, bns_sections, ipc_inserted, ipc_sections, section_pairs
from mappers.codes.lists import CodeList, code_lists, make_list
from mappers.codes.places import (
    State,
    Station,
    district_list,
    load_stations,
    place_lists,
    read_stations,
    shipped_stations,
    states,
    station_list,
)

__all__ = [
    "Act",
    "CodeList",
    "SectionPair",
    "State",
    "Station",
    "act_list",
    "acts",
    "bns_sections",
    "code_lists",
    "district_list",
    "ipc_inserted",
    "ipc_sections",
    "load_stations",
    "make_list",
    "place_lists",
    "read_stations",
    "section_pairs",
    "shipped_stations",
    "states",
    "station_list",
]
