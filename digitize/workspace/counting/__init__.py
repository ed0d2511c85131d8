"""Counts of an office's work: folded by part, kept in the ledger, summed up for `status`."""
