"""hypolicy: a Chinese regulation as a program. Read `pipeline` first."""

__version__ = "0.1.0"
