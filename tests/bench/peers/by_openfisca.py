"""OpenFisca-core, or policyengine-core, its fork: `python by_openfisca.py FILE openfisca|policyengine`.

The person of the system is the training record, its group the trainee. Formulas are masks over whole columns, one
variable a rule. For the ledger there is nothing in these systems that depends on an order among the members of a
group, so a formula does with numpy what a user would have to do by hand. Their int is 32 bits, so sums leave them.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import by_numpy
import numpy as np
from work import COLUMNS, FIRST_DAY, FLAGS, IN_CATALOGUE, LAST_DAY, Clock, cube_rows, report

WHICH = sys.argv[2]
_from = {
    name: importlib.import_module(f"{WHICH}_core.{name}")
    for name in ("entities", "periods", "simulations", "taxbenefitsystems", "variables")
}
# OpenFisca-core cannot run a formula of ETERNITY; one year stands for it.
PERIOD, DEFINED = (
    ("2020", _from["periods"].YEAR) if WHICH == "openfisca" else ("ETERNITY", _from["periods"].ETERNITY)
)
ROLE = {"key": "member", "plural": "members", "label": "member"}
RECORD = _from["entities"].Entity("record", "records", "A training record", "")
TRAINEE = _from["entities"].GroupEntity("trainee", "trainees", "A trainee", "", roles=[ROLE])
VARIABLES: list[Any] = []


def variable(name: str, value_type: type, formula: Any = None) -> None:
    body = {"value_type": value_type, "entity": RECORD, "definition_period": DEFINED, "label": name}
    body |= {"formula": formula} if formula else {}
    VARIABLES.append(type(name, (_from["variables"].Variable,), body))


def rule(value_type: type) -> Any:
    def declared(formula: Any) -> Any:
        variable(formula.__name__, value_type, formula)
        return formula

    return declared


for column in COLUMNS:
    if column != "person_id":
        variable(column, bool if column in FLAGS else int)


@rule(bool)
def base(r: Any, p: Any) -> Any:
    return r("class_registered", p) * (r("start_date", p) >= FIRST_DAY) * (r("start_date", p) <= LAST_DAY)


@rule(bool)
def listed(r: Any, p: Any) -> Any:
    return r("occupation", p) < IN_CATALOGUE


@rule(int)
def standard(r: Any, p: Any) -> Any:
    return by_numpy.CATALOGUE[r("occupation", p) * 8 + r("level", p)]


@rule(bool)
def coded(r: Any, p: Any) -> Any:
    return (r("cert_type", p) == 4) * r("cert_coded", p)


@rule(bool)
def free(r: Any, p: Any) -> Any:
    return (r("kind", p) == 0) + (r("kind", p) == 3)


@rule(bool)
def group(r: Any, p: Any) -> Any:
    return (
        r("poor_child", p) + r("poor_labor", p) + r("two_after", p) + r("rural_transfer", p)
        + r("urban_unemployed", p) + r("veteran", p) + r("disabled", p)
    )  # fmt: skip


@rule(int)
def claim_a(r: Any, p: Any) -> Any:
    cert = r("cert_type", p)
    proper = ((cert >= 1) * (cert <= 3)) + r("coded", p)
    entitled = r("base", p) * r("free", p) * r("group", p) * proper * r("listed", p)
    return np.where(entitled, r("standard", p), 0)


@rule(bool)
def trained(r: Any, p: Any) -> Any:
    level = r("level", p)
    return (
        r("base", p) * (r("kind", p) == 1) * r("employed", p) * (r("contract_months", p) >= 12)
        * ~r("ui_subsidy", p) * (level >= 3) * (level <= 5)
    )  # fmt: skip


@rule(int)
def percent(r: Any, p: Any) -> Any:
    park = r("poor_county_park", p) * r("poor_labor", p)
    return np.where(park, 170, np.where(r("industry_transfer", p), 150, 100))


@rule(int)
def claim_b(r: Any, p: Any) -> Any:
    cert, level = r("cert_type", p), r("level", p)
    inside = r("trained", p) * r("listed", p) * (cert >= 1) * (cert <= 4)
    outside = r("trained", p) * ~r("listed", p) * r("difficult", p) * r("coded", p)
    by_catalogue = np.where(inside, r("standard", p) // 100 * r("percent", p), 0)
    return by_catalogue + np.where(outside, by_numpy.OUTSIDE[level], 0)


@rule(int)
def claim_c(r: Any, p: Any) -> Any:
    entitled = r("base", p) * (r("kind", p) == 2) * r("high_risk", p) * (r("cert_type", p) == 5)
    return np.where(entitled, np.minimum(5 * r("hours", p), 300) * 100, 0)


@rule(int)
def claim(r: Any, p: Any) -> Any:
    return r("claim_a", p) + r("claim_b", p) + r("claim_c", p)


@rule(int)
def granted(r: Any, p: Any) -> Any:
    """A, B or C behind the ledger."""
    names = ("cert_date", "record_id", "occupation", "level")
    columns = {"person_id": r.simulation.trainee_of_record} | {name: r(name, p) for name in names}
    fen = r("claim", p).copy()
    fen[by_numpy.denied(columns, np.where(fen > 0)[0])] = 0
    return fen


@rule(int)
def living(r: Any, p: Any) -> Any:
    entitled = r("base", p) * r("free", p) * (
        r("poor_labor", p) + r("hard_to_employ", p) + r("disabled", p) + r("zero_employed_household", p)
        + r("two_after", p) * (r("rural_household", p) + r("urban_dibao", p))
    )  # fmt: skip
    return np.where(entitled, 2000 * r("days", p), 0)


def system() -> Any:
    base_system = _from["taxbenefitsystems"].TaxBenefitSystem
    if WHICH == "openfisca":
        built = base_system([RECORD, TRAINEE])
    else:
        built = type("System", (base_system,), {"entities": [RECORD, TRAINEE]})()
    for each in VARIABLES:
        built.add_variable(each)
    return built


def simulation(columns: by_numpy.Columns) -> Any:
    records = len(columns["record_id"])
    rules = system()
    builder = _from["simulations"].SimulationBuilder()
    builder.create_entities(rules)
    builder.declare_person_entity("record", np.arange(records))
    persons, person = np.unique(columns["person_id"], return_inverse=True)
    trainees = builder.declare_entity("trainee", np.arange(len(persons)))
    builder.join_with_persons(trainees, person, np.array(["member"]).repeat(records))
    built = builder.build(rules)
    built.trainee_of_record = person
    for name, values in columns.items():
        if name != "person_id":
            built.set_input(name, PERIOD, values)
    return built


if __name__ == "__main__":
    clock = Clock()
    read = by_numpy.columns(sys.argv[1])
    clock.lap("read")
    model = simulation(read)
    clock.lap("load")
    fen = model.calculate("granted", PERIOD).astype(np.int64)
    paid = model.calculate("living", PERIOD).astype(np.int64)
    clock.lap("rules and ledger")
    answer = cube_rows(*by_numpy.cube(read, fen, paid, np.where(fen > 0)[0]))
    clock.lap("sums")
    report(clock, answer)
