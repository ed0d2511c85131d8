"""The steps of a run, one file each: read, map, check, load (review is done by people, in `digitize/review`)."""
