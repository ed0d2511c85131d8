"""What this machine gives: processes, whole files, keys, models, and whether everything needed is there."""
