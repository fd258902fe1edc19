"""`python -m scraper` and the command `clip`."""

import sys


def main() -> int:
    """Run the command line; return its exit code."""
    try:
        from scraper.cli.app import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while still loading
        return 130


if __name__ == "__main__":
    sys.exit(main())
