"""Printed forms: pages grouped into filled forms; form files drafted, shown and tested."""
