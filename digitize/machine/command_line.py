"""Commands as texts that can be pasted into a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence

# The words, options and placeholders of a command, up to one that may be filled.
_COMMAND = re.compile(
    r"\bdigitize(?: (?:--)?[a-z][a-z-]*| [A-Z]+)*? (?:DIR\b|URL\b(?: --layout FILE\b)?|--target \.\.\.)"
)
_PLACEHOLDER = re.compile(r" (DIR\b|URL\b|FILE\b|--target \.\.\.)")


def format_command(*words: object) -> str:
    """A command of this program, each word quoted where a shell needs it: digitize run 'old books'.

    Placeholders such as NAME, PATH... or `...` are words like others and stay as they are.
    """
    return shlex.join(["digitize", *map(str, words)])


def fill_commands(text: str, find_words: Callable[[str], Sequence[str]]) -> str:
    """A text whose commands name what this call was given: for `digitize run DIR`, `digitize run 'old books'`.

    find_words: words in the place of a placeholder: DIR, URL, FILE (of a layout), "--target ..."; () leaves it.
    """

    def fill(found: re.Match[str]) -> str:
        words = find_words(found[1])
        return f" {shlex.join(words)}" if words else found[0]

    return _COMMAND.sub(lambda command: _PLACEHOLDER.sub(fill, command[0]), text) if "digitize " in text else text
