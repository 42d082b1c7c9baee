"""Rates that a table takes from a file: out to a workbook, and back as a planned, dated amendment."""
