"""What people are asked about a record, and what they said, put over what the machine read."""
