"""Mappings at work: loaded, found for a page or a table, applied to it, made into records."""
