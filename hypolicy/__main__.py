"""python -m hypolicy."""

from hypolicy.cli.main import main

main()
