"""Threshold of anything not measured; separate, so that status commands need not import more of reading."""

NEVER = 1.01  # no confidence reaches it: what was never calibrated does not pass without a person
