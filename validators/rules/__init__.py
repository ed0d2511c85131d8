"""One file a topic; every labelled function in them is a rule."""
