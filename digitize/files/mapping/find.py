"""Find a mapping: an id of the package, or a file."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

from digitize.errors import InputError
from mappers.binding.bind import bind_file
from mappers.binding.bound import FormMapping
from mappers.codes import load_stations, place_lists
from mappers.codes.station_history import DistrictsOf
from mappers.encodings import Encoding, encodings
from mappers.explain import mapping_file
from mappers.legacy import LegacyTable
from mappers.mapping.column_encodings import settle_mapping
from mappers.mapping.load import find_mapping, load_mappings
from mappers.sources.values import MapContext
from mappers.states import load_state


def mapping_path(name: str) -> Traversable | Path:
    """File of a mapping. Raises InputError for a missing path, MappingError for an unknown id."""
    path = Path(name)
    if path.suffix != ".toml" and len(path.parts) == 1:
        return mapping_file(name)
    if not path.is_file():
        raise InputError(f"{name}: there is no such mapping file.")
    return path


def bound_mapping(name: str, known: Mapping[str, Encoding] | None = None) -> FormMapping:
    """The mapping, bound. Raises MappingError, InputError."""
    return bind_file(mapping_path(name), known)


def settle_for(
    table: LegacyTable, context: MapContext, mapping: FormMapping | None = None
) -> tuple[FormMapping, LegacyTable]:
    """A mapping with the encodings of a table's columns resolved, and the table, not read yet.

    mapping: by default the one that fits the columns. An ambiguous encoding is resolved to the likeliest one and marked
    as doubtful. Raises MappingError, EncodingUnclear if a named one is wrong.
    """
    state = context.state.code if context.state else ""
    mapping = mapping or find_mapping(load_mappings(), columns=table.columns, state=state)
    expected = context.state.encodings if context.state else ()
    return settle_mapping(mapping, table, encodings(), expected, may_doubt=True)


def table_context(state: str, stations: Path | None, year: int) -> MapContext:
    """Context of a table. state: code, or ""; stations: a list of them; year: of the book, 0: unknown."""
    profile = load_state(state.lower()) if state else None
    lists = place_lists(profile.code, stations) if profile else {}
    known = DistrictsOf(load_stations(profile.code, stations)) if profile and stations else {}
    return MapContext("table", state=profile, book_year=year or None, lists=lists, district_of=known)
