"""Login to all servers: accounts, passwords, sessions, throttling, access checks."""
