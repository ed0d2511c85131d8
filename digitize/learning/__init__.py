"""Weights of an office's own: which accepted values become crops, teaching with them, and whether they read better."""
