"""Invented FIRs of every language whose copies are printed, with a story of several pages."""

from __future__ import annotations

import random
import re
import unicodedata

from digitize.services.copies.fonts import script_of
from digitize.services.copies.words import CopyWords
from mappers.codes.lists import code_lists
from mappers.record import FieldValue, Record
from sample_data.phrases import Phrases, load_phrases

_STATES = {
    "en": "ka", "hi": "up", "mr": "mh", "bn": "wb", "as": "as", "ta": "tn", "te": "tg", "kn": "ka", "ml": "kl",
    "gu": "gj", "pa": "pb", "or": "od", "ur": "jk",
}  # fmt: skip


_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\f]")


MORE_WORDS = 900
"""Words of code lists in a story, at most: more pages tell nothing more."""


def make_record(language: str, seed: int, *, more_words: int = MORE_WORDS) -> Record:
    """An invented FIR of a language, with a story of several pages."""
    rng = random.Random(f"{language} {seed}")
    said = load_phrases(language)
    offence = said.offences[seed % len(said.offences)]
    story = " ".join(o.narrative.format(village=rng.choice(said.villages)) for o in said.offences)
    words = _spellings(CopyWords(language).script)
    rng.shuffle(words)
    numbers = f"MH 12 AB {rng.randrange(9999):04d}, 12/05/2014 10:30, 302/34 IPC (copy), Rs. 5,000/-, 98765-43210"
    fields = {
        "state": _STATES[language], "district": "Namuna", "police_station": "Namunapur", "year": "2014",
        "fir_no": str(rng.randrange(1, 999)), "fir_date": "2014-05-12", "fir_time": "18:40", "occurrence_day": "monday",
        "occurrence_from": "2014-05-11", "occurrence_to": "2014-05-12", "occurrence_time_from": "21:00",
        "occurrence_time_to": "05:30", "info_date": "2014-05-12", "info_time": "18:05", "gd_no": "24",
        "gd_date": "2014-05-12", "gd_time": "18:30", "info_type": "written", "place_direction": "NE",
        "place_distance_km": "2.5", "beat": "4",
        "place": said.place.format(spot=rng.choice(said.spots), village=rng.choice(said.villages)),
        "delay_reason": rng.choice(said.delays), "property_value": "125000",
        "action_taken": "registered_investigation_taken_up", "io_name": _name(rng, said), "io_rank": "SI",
        "officer_name": _name(rng, said), "officer_rank": "PI",
        "despatch_date": "2014-05-13", "despatch_time": "10:00",
        "narrative": f"{story}\n{numbers} {said.digits_of('12/05/2014')}\n{' '.join(words[:more_words])}",
    }  # fmt: skip
    persons = [_person(rng, said, role) for role in ("complainant", "accused", "accused", "accused", "witness")]
    persons[1] |= {
        "status": "known",
        "alias": rng.choice(said.aliases),
        "build": "medium",
        "height_cm": "168",
        "hair": "black",
    }
    things = [
        {"category": t.category, "description": t.description, "value": str(rng.randrange(500, 90000))}
        for t in said.things
    ]
    acts = [{"act": act, "section": section} for act, section in offence.acts]
    children = {"acts": acts, "persons": persons, "property": things}
    rows = {child: tuple(_row(row) for row in some) for child, some in children.items()}
    return Record(f"sample-{language}-{seed}", "iif1", _row(fields), rows)


def _row(values: dict[str, str]) -> dict[str, FieldValue]:
    return {n: FieldValue(unicodedata.normalize("NFC", v), unicodedata.normalize("NFC", v)) for n, v in values.items()}


def _name(rng: random.Random, said: Phrases) -> str:
    return f"{rng.choice(said.first_men)} {rng.choice(said.last)}"


def _person(rng: random.Random, said: Phrases, role: str) -> dict[str, str]:
    return {
        "role": role, "name": _name(rng, said), "name_roman": "Namuna Udaharan", "relation": "father",
        "relative_name": _name(rng, said), "sex": "male", "age": str(rng.randrange(18, 80)), "nationality": "Indian",
        "occupation": rng.choice(said.occupations), "address": said.address.format(village=rng.choice(said.villages)),
    }  # fmt: skip


def _spellings(script: str) -> list[str]:
    """Every way in which the code lists spell something in a script; of Latin a few are enough."""
    found = {w for made in code_lists().values() for ways in made.spellings.values() for w in ways}
    own = sorted(w for w in found if (script_of(next(iter(w))) or "Latn") == script)
    return own[:200] if script == "Latn" else own


def words_of(text: str) -> list[str]:
    """Words as they are compared."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text)).split()
