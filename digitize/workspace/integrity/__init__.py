"""May a workspace be believed: its ledger, originals, settings and receipts, each against what was written of it."""
