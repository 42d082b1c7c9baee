"""Diagnostics in SARIF 2.1.0, for editors and review tools that read it.

Source: OASIS, Static Analysis Results Interchange Format, version 2.1.0. Columns count code points from 1.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from hypolicy import __version__
from hypolicy.diagnostics.codes import CODES
from hypolicy.diagnostics.diagnostic import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypolicy.diagnostics.diagnostic import Diagnostic, Place

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """One run with every diagnostic; the first place of each is its location, the others are related ones."""
    found = list(diagnostics)
    used = sorted({diagnostic.code for diagnostic in found})
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "hypolicy",
                        "version": __version__,
                        "rules": [_rule(code) for code in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(diagnostic, used.index(diagnostic.code)) for diagnostic in found],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(number: str) -> dict[str, Any]:
    code = CODES[number]
    return {
        "id": number,
        "shortDescription": {"text": code.sentence},
        "help": {"text": code.help},
        "defaultConfiguration": {"level": "warning" if code.warning else "error"},
    }


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    clause = f"（{diagnostic.clause}）" if diagnostic.clause else ""
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": "error" if diagnostic.severity is Severity.ERROR else "warning",
        "message": {"text": f"{diagnostic.message}{clause}帮助：{diagnostic.help}"},
    }
    if diagnostic.places:
        result["locations"] = [_location(diagnostic.places[0])]
    if len(diagnostic.places) > 1:
        result["relatedLocations"] = [_location(place) for place in diagnostic.places[1:]]
    return result


def _location(place: Place) -> dict[str, Any]:
    span = place.span
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(str(span.source.path))},
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        }
    }
    if place.label:
        location["message"] = {"text": place.label}
    return location
