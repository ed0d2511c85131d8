"""Records that were not loaded, as a place to work: out as a spreadsheet, corrected, and replayed by the same rules."""
