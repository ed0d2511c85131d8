"""Machine services: processes, atomic files, keys, models, and checks that everything needed is installed."""
