"""Which rule rejects, which asks a person, which only notes."""
