"""Which values may pass without review: proved on the workspace's own answers, and audited continuously."""
