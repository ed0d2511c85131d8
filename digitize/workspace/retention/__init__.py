"""Originals and personal data after a state's retention period: what is due, and how it goes for good."""
