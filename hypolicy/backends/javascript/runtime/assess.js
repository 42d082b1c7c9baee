// One benefit on one record, before the ledger: applies, pending, conditions, cases, amount.

import { ByZero, ONE, difference, exact, largest, plus, roundYuan, smallest, times, minus } from "./numbers.js";
import { MissingFact, MissingRow, say } from "./failures.js";
import { NOT_APPLICABLE, Status, decision, denied, percentText, reason, waiting } from "./outcome.js";
import { listed } from "./texts.js";

/** What several uplifts come to together: a factor; null where they exclude each other. */
const STACKINGS = {
  HIGHEST: (rates) => plus(ONE, largest(rates)),
  LOWEST: (rates) => plus(ONE, smallest(rates)),
  SUM: (rates) => rates.reduce(plus, ONE),
  PRODUCT: (rates) => rates.reduce((factor, rate) => times(factor, plus(ONE, rate)), ONE),
  EXCLUSIVE: () => null,
};

const noRow = (error, clause) =>
  reason(say("NO_ROW", { table: error.table, keys: listed(error.keys) }), clause);

/** Why an item is left open by what could not be asked; a fault of our own is thrown on. */
export function pendingReason(error, clause) {
  if (error instanceof MissingFact) return reason(error.words, clause);
  return failureReason(error, clause);
}

function failureReason(error, clause) {
  if (error instanceof MissingRow) return noRow(error, clause);
  if (error instanceof ByZero) return reason(say("BY_ZERO"), clause);
  throw error;
}

/** The assessment of one benefit by certain functions. `taken` and `factor` tell what the last amount was made of. */
export class Assessor {
  constructor(chosen, benefit, functions) {
    this.benefit = benefit;
    const of = (node) => functions.of(node);
    const tests = (conditions) =>
      conditions.map((one) => ({ ...one, holds: of(one.expr), reason: reason(one.denial, one.clause) }));
    this.applies = benefit.applies === null ? null : of(benefit.applies);
    this.pending = benefit.pending.map((gate) => ({
      holds: of(gate.condition),
      reason: reason(gate.ground ? say("GATE", { name: gate.name, ground: gate.ground }) : gate.name, gate.clause),
    }));
    this.conditions = tests(benefit.conditions);
    this.cases = benefit.cases.map((one) => ({
      name: one.name,
      tests: tests(one.conditions),
      amount: of(one.amount),
      grounds: grounds(chosen, benefit, one),
    }));
    this.uplifts = benefit.uplifts.map((uplift) => ({ rate: of(uplift.rate), holds: of(uplift.condition) }));
    this.governing = benefit.governing === null ? null : of(benefit.governing);
    this.stacking = chosen.of(benefit.stacking);
    const eachTime = benefit.cap !== null && chosen.of(benefit.cap.period).kind === "EACH";
    this.cap = eachTime ? exact(benefit.cap.amount) : null;
    this.taken = null;
    this.factor = ONE;
  }

  assess(record) {
    this.taken = null;
    this.factor = ONE;
    try {
      return this.#assessed(record);
    } catch (error) {
      return waiting(pendingReason(error, this.benefit.clause));
    }
  }

  #assessed(record) {
    const { benefit } = this;
    if (this.applies !== null && !this.applies(record, null)) return NOT_APPLICABLE;
    if (benefit.delegatedTo) return waiting(reason(say("DELEGATED", { to: benefit.delegatedTo }), benefit.clause));
    for (const gate of this.pending) {
      if (gate.holds(record, null)) return waiting(gate.reason);
    }
    const day = this.#day(record);
    const { reasons, missing } = this.#failed(this.conditions, record, day);
    return reasons.length > 0 ? denied(reasons) : this.#case(record, day, missing);
  }

  /** null where there is none, or where the fact that tells it is missing: whatever needs it is missing too. */
  #day(record) {
    if (this.governing === null) return null;
    try {
      return this.governing(record, null);
    } catch (error) {
      if (error instanceof MissingFact) return null;
      throw error;
    }
  }

  /**
   * The reason of every condition that fails, and the first fact without which another cannot be judged.
   *
   * One whose prerequisite fails cannot be assessed and is left out.
   */
  #failed(tests, record, day) {
    const failing = new Set();
    const reasons = [];
    let missing = null;
    tests.forEach((test, place) => {
      if (!test.prerequisites.some((earlier) => failing.has(earlier))) {
        try {
          if (test.holds(record, day)) return;
          reasons.push(test.reason);
        } catch (error) {
          if (error instanceof MissingFact) {
            missing ??= error;
            return;
          }
          reasons.push(failureReason(error, this.benefit.clause));
        }
      }
      failing.add(place);
    });
    return { reasons, missing };
  }

  /**
   * The case that holds; two that hold with different amounts are a decision that nobody has taken.
   *
   * Denied where every case fails, whatever is missing; where one may hold, what is missing comes first.
   */
  #case(record, day, missing) {
    const held = [];
    const refused = [];
    let first = missing;
    let open = false;
    for (const one of this.cases) {
      let { reasons, missing: unknown } = this.#failed(one.tests, record, day);
      if (reasons.length === 0 && unknown === null) {
        try {
          held.push([one, one.amount(record, day)]);
          continue;
        } catch (error) {
          if (error instanceof MissingFact) unknown = error;
          else reasons = [failureReason(error, this.benefit.clause)];
        }
      }
      if (reasons.length === 0) {
        first ??= unknown;
        open = true;
      }
      refused.push(...reasons.map((why) => this.#inCase(one, why)));
    }
    if (held.length === 0 && !open) return denied(refused);
    if (first !== null) throw first;
    if (held.some(([, base]) => difference(base, held[0][1]) !== 0)) {
      const names = held.map(([one]) => `「${one.name}」`);
      return waiting(reason(say("CASES_MEET", { cases: listed(names) }), this.benefit.clause));
    }
    return this.#amount(held[0][0], held[0][1], record, day);
  }

  /** A reason of one case, which is named where there are several. */
  #inCase(one, why) {
    if (this.cases.length === 1) return why;
    return reason(say("IN_CASE", { case: one.name, reason: why.text }), why.clause);
  }

  /** Base, uplifts, cap of the single payment, rounding: in this order. */
  #amount(one, base, record, day) {
    const { benefit } = this;
    this.taken = { case: one.name, base };
    const said = one.name ? [say("CASE", { case: one.name })] : [];
    const rates = [];
    for (const uplift of this.uplifts) {
      if (uplift.holds(record, day)) rates.push(uplift.rate(record, day));
    }
    let amount = base;
    if (rates.length > 0) {
      this.factor = this.#stacked(rates);
      if (this.factor === null) {
        const both = rates.map((rate) => say("UPLIFT", { rate: percentText(rate) }));
        return waiting(reason(say("UPLIFTS_EXCLUDE", { uplifts: listed(both) }), benefit.clause));
      }
      said.push(say("UPLIFT", { rate: percentText(minus(this.factor, ONE)) }));
      amount = times(amount, this.factor);
    }
    if (this.cap !== null && difference(amount, this.cap) > 0) {
      amount = this.cap;
      said.push(say("CAPPED"));
    }
    if (benefit.rounding !== null) amount = roundYuan(amount, benefit.rounding.place, benefit.rounding.mode);
    if (amount.n <= 0n) return denied([reason(say("NOT_ABOVE_ZERO"), benefit.clause)]);
    const text = said.join("，") || say("CONDITIONS_HOLD");
    return decision(Status.GRANTED, fenOf(amount), [reason(text, benefit.clause)], one.grounds);
  }

  #stacked(rates) {
    if (rates.length === 1) return plus(ONE, rates[0]);
    return this.stacking === null ? null : STACKINGS[this.stacking](rates);
  }
}

/** An amount in yuan as whole fen, which the checker has proved it to be. */
function fenOf(amount) {
  const fen = amount.n * 100n;
  if (fen % amount.d !== 0n) throw new Error("not whole fen");
  return fen / amount.d;
}

/** The clause, and any illustrative table that the amount rests on, so that no result hides it. */
function grounds(chosen, benefit, one) {
  const marks = one.tables
    .map((place) => chosen.tables[place])
    .filter((table) => table.versions.some((version) => version.illustrative))
    .map((table) => say("ILLUSTRATIVE", { table: table.name }));
  return benefit.clause ? [benefit.clause, ...marks] : marks;
}
