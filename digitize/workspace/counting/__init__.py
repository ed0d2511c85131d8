"""Counts of an office's work: computed per part, cached in the ledger, summed for `status`."""
