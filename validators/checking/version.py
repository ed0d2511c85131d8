"""The version of the check, in a file of its own: whoever only compares it need not import the rules."""

CHECK_VERSION = "10"
