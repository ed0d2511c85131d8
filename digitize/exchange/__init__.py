"""The exchange with courts, prisons, prosecution and laboratories: signed packages of what changed, and replies."""
