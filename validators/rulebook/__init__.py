"""What a rule is, what its body is given, and the list of all rules."""
