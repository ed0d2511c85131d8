"""Bound books as things: received, counted, labelled, scanned, handed back; and whether all of their pages are here."""
