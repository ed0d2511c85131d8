"""Questions about records, and people's decisions applied over machine readings."""
