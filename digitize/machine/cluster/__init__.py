"""Work on other machines: what travels there, who may do it, where scans are fetched, and the Dask cluster itself."""
