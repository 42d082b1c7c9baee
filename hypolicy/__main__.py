"""python -m hypolicy."""

from hypolicy.cli.main import main

if __name__ == "__main__":  # not where a process of ours imports it once more
    main()
