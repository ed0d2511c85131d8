"""The services; each file has one in SERVICE, see `digitize.services.kind`."""
