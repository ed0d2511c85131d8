"""One state's work: its folder, options, ledger, intake, run context, decisions, counts."""
