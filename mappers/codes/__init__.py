"""Code lists: acts, sections, states, districts, stations and the closed lists of the forms; SOURCES.md says whence."""

from mappers.codes.acts import Act, SectionPair, act_list, acts, bns_sections, ipc_inserted, ipc_sections, section_pairs
from mappers.codes.heads import CrimeHead, crime_heads, heads_of
from mappers.codes.lists import CodeList, code_lists, make_list
from mappers.codes.places import ListedDistrict, State, district_list, districts, place_lists, states
from mappers.codes.sections import Punishment, Section, find_section, punishments, sections
from mappers.codes.stations import (
    StationEntry,
    districts_of,
    load_stations,
    read_stations,
    shipped_stations,
    station_list,
)

__all__ = [
    "Act",
    "CodeList",
    "CrimeHead",
    "ListedDistrict",
    "Punishment",
    "Section",
    "SectionPair",
    "State",
    "StationEntry",
    "act_list",
    "acts",
    "bns_sections",
    "code_lists",
    "crime_heads",
    "district_list",
    "districts",
    "find_section",
    "heads_of",
    "ipc_inserted",
    "ipc_sections",
    "districts_of",
    "load_stations",
    "make_list",
    "place_lists",
    "punishments",
    "read_stations",
    "section_pairs",
    "sections",
    "shipped_stations",
    "states",
    "station_list",
]
