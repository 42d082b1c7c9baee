// One benefit on one record, as it was seen: conditions, cases and amount as steps.

import { Absence, isAbsent } from "./failures.js";
import { Assessor } from "./assess.js";
import { difference, roundYuan, times } from "./numbers.js";
import { isGiven } from "./records.js";
import { once } from "./texts.js";
import { WORDS } from "./words.js";

/** A fact that is missing, or a parameter that is not fixed yet, leaves a condition open. */
const isOpen = (value) => value === Absence.NOT_GIVEN || value === Absence.NOT_FIXED;

/** Watches the assessment of one benefit; `functions` are observed ones. */
export class ItemWatcher {
  constructor(chosen, benefit, functions) {
    this.chosen = chosen;
    this.benefit = benefit;
    this.functions = functions;
    this.assessor = new Assessor(chosen, benefit, functions);
  }

  /** What happened to one record, before the ledger. */
  watch(steps) {
    let before = null;
    const noted = this.functions.watch(() => {
      before = this.assessor.assess(steps.record);
    });
    return new ItemMaker(this, steps, noted).made(before);
  }
}

/** The trace of an item that the rules in force on the day do not have. */
export function absentItem(chosen, benefit, before, steps) {
  const bare = { ...benefit, applies: null, pending: [], conditions: [], cases: [], governing: null };
  return new ItemMaker({ chosen, benefit: bare, assessor: { taken: null } }, steps, []).made(before);
}

class ItemMaker {
  constructor({ chosen, benefit, assessor }, steps, noted) {
    this.chosen = chosen;
    this.benefit = benefit;
    this.assessor = assessor;
    this.steps = steps;
    this.noted = noted;
  }

  made(before) {
    const { benefit } = this;
    return {
      item: benefit.name,
      clause: benefit.clause,
      delegatedTo: benefit.delegatedTo,
      fund: benefit.fund,
      payee: this.#payee(),
      applies: this.#asked(benefit.applies),
      pending: this.#pending(),
      governing: this.#asked(benefit.governing),
      conditions: this.#conditions(benefit.conditions),
      cases: this.#cases(),
      amount: this.#amount(),
      before,
      ledger: null,
      nearest: null,
      decision: before,
      amendments: [],
    };
  }

  #seen(node) {
    return this.noted.find((seen) => seen.node === node);
  }

  /** The step of a node, if it was asked at all. */
  #asked(node) {
    const seen = node === null ? undefined : this.#seen(node);
    return seen === undefined ? null : this.steps.step(seen);
  }

  /** The first of those named who is given; the person, without a name, otherwise. */
  #payee() {
    const { facts } = this.steps.rules.records.find((kind) => kind.name === this.benefit.record);
    const { record } = this.steps;
    for (const place of this.benefit.payees) {
      if (place === null) break;
      if (isGiven(record[place])) {
        return { kind: facts[place].name, name: facts[place].personal ? "" : String(record[place]) };
      }
    }
    return { kind: WORDS.person, name: "" };
  }

  #pending() {
    return this.benefit.pending
      .map(({ name, ground, cited, condition }) => ({ name, ground, clause: cited, condition: this.#asked(condition) }))
      .filter((gate) => gate.condition !== null);
  }

  /** Each condition that was assessed, or left because an earlier one had failed or a fact was missing. */
  #conditions(conditions) {
    const observed = conditions.map((condition) => this.#seen(condition.expr));
    if (observed.every((seen) => seen === undefined)) return [];
    const failing = new Map(); // the failures that each goes back to
    return conditions.map((condition, place) => {
      const seen = observed[place];
      const reliedOn = seen === undefined ? condition.prerequisites : [];
      const waitsFor = reliedOn.flatMap((earlier) => failing.get(earlier) ?? []);
      const holds = seen === undefined || isOpen(seen.value) ? null : seen.value === true;
      if (waitsFor.length > 0 || holds === false) {
        failing.set(place, waitsFor.length > 0 ? waitsFor : [condition.denial]);
      }
      return {
        denial: condition.denial,
        clause: condition.cited,
        condition: seen === undefined ? this.steps.unassessed(condition.expr) : this.steps.step(seen),
        holds,
        waitsFor: once(waitsFor),
      };
    });
  }

  #cases() {
    return this.benefit.cases
      .map((one) => {
        const conditions = this.#conditions(one.conditions);
        const amount = this.#asked(one.amount);
        return {
          name: one.name,
          clause: one.cited,
          conditions,
          holds: caseHolds(conditions, amount),
          amount: amount ?? this.steps.unassessed(one.amount),
          asked: conditions.length > 0 || amount !== null,
        };
      })
      .filter((used) => used.asked);
  }

  /** Every step from the base to what is payable. */
  #amount() {
    const { taken, factor, cap: most } = this.assessor;
    if (taken === null) return null;
    const { benefit, chosen } = this;
    const raised = factor === null ? taken.base : times(taken.base, factor);
    const cap = most === null ? null : this.#cap(benefit.cap, most);
    const capped = cap !== null && difference(raised, most) > 0 ? most : raised;
    const { place, mode } = benefit.rounding ?? { place: null, mode: null };
    return {
      case: taken.case,
      base: taken.base,
      uplifts: benefit.uplifts.map((uplift) => this.#uplift(uplift)),
      stacking: chosen.of(benefit.stacking),
      stackingReading: this.#reading(benefit.stacking),
      factor,
      raised,
      cap,
      capped,
      place,
      mode,
      payable: place === null ? capped : roundYuan(capped, place, mode),
    };
  }

  #cap({ holder, cited, period }, amount) {
    return { holder, amount, clause: cited, reading: this.#reading(period) };
  }

  /** The reading that something depends on; null where it depends on none. */
  #reading(choice) {
    return choice === null || choice.reading === undefined ? null : this.steps.reading(choice.reading);
  }

  /** An uplift; one that was not asked, because of what an earlier one lacks, is asked now. */
  #uplift(uplift) {
    const day = this.noted.find((one) => one.day !== null)?.day ?? null;
    const condition = this.#asked(uplift.condition) ?? this.steps.aside(uplift.condition, day);
    const rate = this.#asked(uplift.rate) ?? this.steps.aside(uplift.rate, day);
    const holds = isAbsent(condition.value) ? null : condition.value;
    return { rate, clause: uplift.cited, holds, open: holds === null || (holds && isAbsent(rate.value)), condition };
  }
}

function caseHolds(conditions, amount) {
  if (conditions.some((used) => used.holds === false)) return false;
  if (amount === null || isOpen(amount.value)) return null;
  return !isAbsent(amount.value);
}
