// Checks, targets and computations of a record: results that are no subsidy.

import { Functions } from "./compile.js";
import { Status, clausesOf, decision, reason, waiting } from "./outcome.js";
import { plus, ZERO, roundYuan, isNumber } from "./numbers.js";
import { pendingReason } from "./assess.js";

export class Figures {
  constructor(chosen, kind) {
    const { rules } = chosen;
    this.rules = rules;
    this.kind = kind;
    this.functions = new Functions(chosen);
    this.checks = rules.checks.filter((check) => check.record === kind.name);
    this.computations = rules.computations.filter((computation) => computation.record === kind.name);
  }

  /** Each check and computation of one record, by name; those over all records are told by `overall`. */
  of(record) {
    const checks = this.checks.filter((check) => !check.total);
    return new Map([
      ...checks.map((check) => [check.name, this.#checked(check, record)]),
      ...this.computations.map((computation) => [computation.name, this.#computed(computation, record)]),
    ]);
  }

  /** Checks on the sums of the numbers of all records. */
  overall(records) {
    const totals = this.kind.facts.map((_, fact) => {
      const values = records.map((record) => record[fact]);
      return values.every(isNumber) ? values.reduce(plus, ZERO) : null;
    });
    const checks = this.checks.filter((check) => check.total);
    return new Map(checks.map((check) => [check.name, this.#checked(check, totals)]));
  }

  #checked(check, record) {
    return this.#told(check, check.condition, record, (met) => [met ? Status.MET : Status.UNMET, 0n]);
  }

  /** A figure for information: shown to the fen, and nothing is paid by it. */
  #computed(computation, record) {
    return this.#told(computation, computation.amount, record, (amount) => [
      Status.GRANTED,
      roundYuan(amount, "FEN", "HALF_UP").n * 100n / roundYuan(amount, "FEN", "HALF_UP").d,
    ]);
  }

  #told(figure, node, record, result) {
    try {
      const [status, fen] = result(this.functions.of(node)(record, null));
      const reasons = [reason(this.rules.nodes[node].words, figure.clause)];
      return decision(status, fen, reasons, clausesOf(reasons));
    } catch (error) {
      return waiting(pendingReason(error, figure.clause));
    }
  }
}
