"""Plants faults in the product, one at a time, and counts how many of them the tests notice."""
