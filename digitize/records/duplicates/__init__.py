"""Candidate duplicates: pairs of records that may be one person or case, for a person's decision. Nothing is merged."""
