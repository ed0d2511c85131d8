"""Retention of originals and personal data: what is due, and permanent deletion."""
