"""Words that a person says of a value, beside those that are kept with it (`digitize.workspace.decisions.apply`)."""

OK, SURE = "ok", "sure"
"""What the machine made of it is right; what is typed stands so on the paper, though no list has it."""
