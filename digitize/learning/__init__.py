"""Weights of an office's own: crops of accepted values, training, and comparison with the current weights."""
