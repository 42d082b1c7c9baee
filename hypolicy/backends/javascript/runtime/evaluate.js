// Records of one kind to decisions: one row for each record, one decision for each benefit of the policy.

import { Functions } from "./compile.js";
import { itemAssessor } from "./editions.js";
import { Ledger } from "./ledger.js";
import { NOT_APPLICABLE } from "./outcome.js";

export class Evaluator {
  constructor(chosen) {
    this.rules = chosen.rules;
    this.functions = new Functions(chosen);
    this.assessors = chosen.rules.benefits.map((benefit) => itemAssessor(chosen, benefit, benefit, this.functions));
    this.ledger = new Ledger(chosen);
  }

  /** Decisions in the order of the records, and the entries granted; the order never changes one of them. */
  decide(records, history, kind) {
    const rows = this.beforeLedger(records, kind);
    return { rows, granted: this.ledger.fold(rows, records, history) };
  }

  /** Decisions on each record by itself. */
  beforeLedger(records, kind) {
    return records.map((record) =>
      this.assessors.map((one, place) =>
        this.rules.benefits[place].record === kind.name ? one.assess(record) : NOT_APPLICABLE,
      ),
    );
  }
}
