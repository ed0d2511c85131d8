"""The threshold of what nobody measured; apart, for who shows where a workspace stands needs no more of reading."""

NEVER = 1.01  # no confidence reaches it: what was never calibrated does not pass without a person
