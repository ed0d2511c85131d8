"""Verdict words in answers, besides the stored ones (`digitize.workspace.decisions.apply`)."""

OK, SURE = "ok", "sure"
"""What the machine made of it is right; what is typed stands so on the paper, though no list has it."""
