"""Legacy words to CCTNS: knows forms, states and code lists, knows no pixels."""
