"""Pictures of writing made easier to read: level, white, without ruled lines."""
