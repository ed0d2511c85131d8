"""Finding persons, cases, vehicles and things among the records that are loaded, across scripts and spellings."""
