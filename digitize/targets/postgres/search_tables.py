"""Search tables next to those of the schema: one row per record, person, vehicle and thing."""

from __future__ import annotations

from digitize.targets.postgres.definition import Definition, TableDef
from digitize.targets.search_rows import ROWS, WORDS

LOG = "search_log"
_TEXT = "text NOT NULL"
_ID = 'text COLLATE "C" NOT NULL'
SEARCH_TABLES: Definition = {
    ROWS: TableDef(
        {
            **{"kind": _TEXT, "record_id": _ID, "line": "integer NOT NULL", "form": _TEXT, "station": _TEXT},
            **{"year": "integer NOT NULL", "day": "text NOT NULL", "born_from": "integer NOT NULL"},
            **{"born_to": "integer NOT NULL", "lang": _TEXT, "said": _TEXT, "relative": _TEXT},
            "tokens": "integer[] NOT NULL",
        },
        {},
        # How much may wait to be put in, a load says itself; see `digitize.targets.postgres.search_fill`.
        {f"{ROWS}_tokens": "USING gin (tokens)", f"{ROWS}_record": "(record_id)"},
        {
            "": "What is searched, one row for each record (r), person (p), vehicle (v) and thing (g).",
            "said": "The name by its sounds, in one alphabet for all scripts; the marks of a vehicle.",
            "relative": "The relative's name by its sounds.",
            "lang": "The language whose script the name is in.",
            "born_from": "Born between this year and born_to, 0 where nobody knows.",
            "tokens": "Keys of sounds, years, stations, sections and marks; see docs/search.md.",
        },
    ),
    WORDS: TableDef(
        {"kind": _TEXT, "said": _ID, "lang": _TEXT, "near": _ID, "spelt": _ID},
        # Not unique: two loads at once need not wait for each other, and a word that stands twice does no harm.
        {},
        {f"{WORDS}_said": "(said)", f"{WORDS}_near": "(near)", f"{WORDS}_spelt": "(spelt)"},
        {
            "": "The words that stand in rows: names (n), places and things (w), names of stations (s).",
            "near": "The classes of its sounds, by which words nearly alike are found.",
            "spelt": "In small Latin letters, one spelling for all.",
        },
    ),
    LOG: TableDef(
        {
            "number": "bigint GENERATED ALWAYS AS IDENTITY",
            "at": "timestamptz NOT NULL DEFAULT now()",
            **{"role": "text NOT NULL DEFAULT session_user", "who": _TEXT, "account": _TEXT, "why": _TEXT},
            **{"asked": _TEXT, "shown": "integer NOT NULL", "detail": _TEXT},
        },
        {f"{LOG}_pkey": "PRIMARY KEY (number)"},
        comments={
            "": "Every search: who, why, and what was asked, without the names and numbers that were searched for.",
            "asked": "The fields that were asked by, and how many letters each word has.",
            "shown": "How many rows were shown.",
            "detail": "Of an unmasked answer: which records, and who saw them.",
        },
        append_only=True,
    ),
}
