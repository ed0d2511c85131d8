"""Volumes on their way: their account, labels for them, deliveries in bags, packages for an archive."""
