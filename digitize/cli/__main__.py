"""So that `python -m digitize.cli` is the command line too."""

from digitize.cli.app import main

if __name__ == "__main__":
    main()
