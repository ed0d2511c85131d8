"""Pairs of records that may be one person or one case, for a person's decision. Nothing is ever merged."""
