"""Makes `python -m digitize.cli` work."""

from digitize.cli.app import main

if __name__ == "__main__":
    main()
