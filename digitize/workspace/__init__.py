"""One state's work: its folder, options, ledger, intake, what a run knows, what people decided, counts."""
