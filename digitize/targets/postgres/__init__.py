"""PostgreSQL as a target: tables from the schema, batches loaded by COPY, each in one transaction."""
