"""Closed lists as part of the keys of work."""

from __future__ import annotations

from collections.abc import Mapping

from digitize.machine.work_keys import plain_hash
from mappers.codes import CodeList


def lists_hash(lists: Mapping[str, CodeList]) -> str:
    """Hash of all that these lists say, spellings included."""

    def plain(codes: CodeList) -> list[object]:
        ways, implied = ({k: list(v) for k, v in some.items()} for some in (codes.spellings, codes.implies))
        return [codes.values, ways, implied, codes.complete]

    return plain_hash({name: plain(codes) for name, codes in lists.items()})
