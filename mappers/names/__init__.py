"""Names across the scripts of India: one romanisation, one key, one way to search (in mappers.names.index)."""

from mappers.names.romanise import language_for, name_key, romanise, romanise_all

__all__ = ["language_for", "name_key", "romanise", "romanise_all"]
