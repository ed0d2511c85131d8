"""Old systems of several tables: which is the head, which belong to it and by what key, which hold codes."""
