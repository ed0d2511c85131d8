"""The shape of what a snapshot tells of quality, work and services; and what all parts of a snapshot have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from digitize.offices.measures import MOST

# strict: "12", 12.0 and true are no counts, though pydantic would make counts of them.
Count = Annotated[int, Field(ge=0, le=MOST, strict=True)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]


class Part(BaseModel):
    """One object of a snapshot."""

    # Whatever else a file holds is refused: nothing that was read may come along in a field of somebody's own.
    model_config = ConfigDict(extra="forbid", frozen=True)


class Share(Part):
    """So many of so many."""

    part: Count
    of: Count


class NotMeasured(Part):
    """Nobody measured it, and why: a slug, such as no-sample-drawn."""

    why: Slug


class FormQuality(Part):
    """How good the records of one form are.

    audited: values wrong of those that had passed by themselves and were asked of people all the same, without what the
    machine had made of them. double_keyed: places on which two people differed, of those that two keyed. validated:
    validated records; of them by_people: something of it was settled by a person; from_tables: taken from an old table,
    and touched by nobody. The rest passed by machine alone.
    """

    audited: Share | NotMeasured
    double_keyed: Share | NotMeasured
    validated: Count
    by_people: Count
    from_tables: Count


class Quality(Part):
    """How good it is. sample: fields wrong in a sample that people compared with the paper. double_keyed: fields on
    which two people differed. straight_through: validated records that no person touched. illegible: fields that people
    looked at and could not read. rejects: records that a rule refused, by rule. by_form: the same by form of the
    record; null from versions that did not count it.
    """

    sample: Share | NotMeasured
    double_keyed: Share | NotMeasured
    straight_through: Share | NotMeasured
    illegible: Share | NotMeasured
    rejects: Annotated[dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$")], Count], Field(max_length=400)]
    by_form: Annotated[dict[Slug, FormQuality], Field(max_length=60)] | None = None


class Effort(Part):
    """People's work in the last 28 days. minutes: null where fewer than three worked, so that it tells of nobody."""

    operators: Count
    fields: Count
    minutes: Count | None


class Pace(Part):
    """What was done in the last 28 days."""

    pages_read: Count
    fields_settled: Count


class Findable(Part):
    """What one service can find: at least `count` records of `of` that are told of, which are loaded.

    They are told in groups of 50 and more, each closed once by its number alone. Of a group never more than five less
    than all are told, and none where fewer than five can be found: so no record is singled out, and the truth is never
    less than what is told.
    """

    count: Count
    of: Count
