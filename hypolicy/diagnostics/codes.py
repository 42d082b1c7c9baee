"""The registry of diagnostic codes: a code never changes its meaning and is never used again.

HY1xx how a rule file is written · HY2xx names · HY3xx types and units · HY4xx versions, tables and amounts
· HY5xx items, readings and the ledger · HY6xx worked cases · HY70x the official text · HY71x-HY76x simulation
· HY8xx data files, HY85x compiling · HY9xx the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypolicy.diagnostics.command_codes import COMMAND_CODES
from hypolicy.diagnostics.compile_codes import COMPILE_CODES
from hypolicy.diagnostics.data_codes import DATA_CODES
from hypolicy.diagnostics.language_codes import LANGUAGE_CODES
from hypolicy.diagnostics.simulation_codes import SIMULATION_CODES

if TYPE_CHECKING:
    from hypolicy.diagnostics.code import Code

CODES: dict[str, Code] = {
    code.number: code
    for code in (*LANGUAGE_CODES, *DATA_CODES, *COMPILE_CODES, *COMMAND_CODES, *SIMULATION_CODES)
}
