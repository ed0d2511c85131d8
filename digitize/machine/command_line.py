"""Commands as texts that can be pasted into a shell."""

from __future__ import annotations

import shlex


def format_command(*words: object) -> str:
    """A command of this program, each word quoted where a shell needs it: digitize run 'old books'.

    Placeholders such as NAME, PATH... or `...` are words like others and stay as they are.
    """
    return shlex.join(["digitize", *map(str, words)])
