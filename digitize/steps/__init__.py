"""The steps of a run, one file each: read, map, check, load. People do the review (`digitize/review`)."""
