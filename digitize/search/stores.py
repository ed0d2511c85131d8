"""The store of a target that is searched, opened."""

from __future__ import annotations

from digitize.errors import OptionsError, TargetRefused
from digitize.search.store_queries import SearchStore
from digitize.targets.base import Target
from digitize.targets.search_rows import FILLED_BY, MARK


def open_store(target: Target) -> SearchStore:
    """Search store of an open target. Raises OptionsError if it is not searchable, TargetRefused."""
    from digitize.targets.sqlite import SqliteTarget

    if isinstance(target, SqliteTarget):
        from digitize.search.sqlite_store import SqliteSearch

        # The journal need not be made anew for each answer; where a server shares the file, it stays as that has it.
        if target.run("PRAGMA journal_mode") != [("wal",)]:
            target.run("PRAGMA journal_mode = TRUNCATE")
        return SqliteSearch(target)
    from digitize.targets.postgres.target import PostgresTarget

    # A state's own tables are a kind of it, with our book beside them.
    if type(target) is not PostgresTarget:
        raise OptionsError(
            "Search needs a SQLite file or a PostgreSQL database with our own tables; it does not work on a folder or "
            "on a state's own tables."
        )
    found = target.run(f"SELECT value #>> '{{}}' FROM meta WHERE key = '{MARK}'")
    if found != [(FILLED_BY,)]:
        raise TargetRefused(
            f"{target.name}: this target has no search index, or an incomplete one. Its owner can build it: digitize "
            f"target init URL --search"
        )
    # Compiling a statement takes longer than most of ours do.
    target.run("SELECT set_config('jit', 'off', false)")
    from digitize.search.postgres_store import PostgresSearch

    return PostgresSearch(target)
