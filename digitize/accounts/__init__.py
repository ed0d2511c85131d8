"""Volumes on their way: labels for them, what the pictures of their pages show, deliveries in bags, archive packages."""
