"""Mapping files as written, and bound: every name in them looked up before the first page or row."""
