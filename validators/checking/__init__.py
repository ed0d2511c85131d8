"""Records and tables checked by the rules."""
