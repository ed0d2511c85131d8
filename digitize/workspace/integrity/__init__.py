"""Verify a workspace: ledger, originals, settings and receipts, each against what was recorded."""
