"""PostgreSQL as a target: its tables made from the schema, batches taken by COPY, each in one transaction."""
