"""Suspected doubles: one person, or one case, in two records, across scripts and spellings. Told, never merged."""
