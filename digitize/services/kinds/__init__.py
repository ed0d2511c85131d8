"""The services; each file defines one as SERVICE, see `digitize.services.kind`."""
