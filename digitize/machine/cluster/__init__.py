"""Work on other machines: payloads, permissions, scan stores, and the Dask cluster itself."""
