// Which facts still matter: those without which something that is not settled yet cannot be told.
//
// Asked of the rules themselves. A condition that is settled by what is known needs nothing more, whatever of it is
// unknown; of one that is not, the parts that are open need what they read. Whether a benefit applies is asked first.

import { everyFact } from "./candidates.js";
import { attempt, isAbsent } from "./failures.js";
import { UNANSWERED } from "./records.js";
import { hasVersions } from "./steps.js";

/** Questions for some benefits of one kind of record. */
export class Questions {
  constructor(chosen, benefits, functions, ledger) {
    this.chosen = chosen;
    this.rules = chosen.rules;
    this.benefits = benefits;
    this.functions = functions;
    this.ledger = ledger;
  }

  /**
   * What each benefit still needs to know of a record: by its name, a map of facts to what each is needed for.
   *
   * What is refused needs nothing more, unless it is one of those that everything is to be told of.
   */
  of(record, everythingOf = new Set()) {
    const first = this.#each((benefit) => this.#applicability(record, benefit));
    const later = this.#each((benefit) => this.#entitlement(record, benefit, everythingOf.has(benefit.name)));
    const asked = new Map([...first.values()].flatMap((needed) => [...needed]));
    if (asked.size === 0) return later;
    // What is needed to tell which benefits apply comes before all else.
    return new Map([...first].map(([name, own]) => [name, own.size === 0 && later.get(name).size > 0 ? asked : own]));
  }

  /** The facts without which not everything can be told of a benefit that is refused. */
  everything(record, benefit) {
    return this.#entitlement(record, benefit, true);
  }

  /** The facts that tell which benefits apply. */
  first() {
    const applies = this.benefits.map((benefit) => benefit.applies).filter((node) => node !== null);
    return new Set(applies.flatMap((node) => [...everyFact(this.rules, node)]));
  }

  #each(needs) {
    return new Map(this.benefits.map((benefit) => [benefit.name, needs(benefit)]));
  }

  #applicability(record, benefit) {
    const needed = new Needed(this, record, null, benefit);
    if (benefit.applies !== null) needed.condition(benefit.applies);
    return needed.facts;
  }

  #entitlement(record, benefit, everything) {
    const day = this.#day(record, benefit);
    const needed = new Needed(this, record, day, benefit);
    if (benefit.delegatedTo || (benefit.applies !== null && needed.value(benefit.applies) === false)) return needed.facts;
    if (benefit.pending.some((gate) => needed.value(gate.condition) === true)) return needed.facts;
    benefit.pending.forEach((gate) => needed.condition(gate.condition));
    const conditions = benefit.conditions.map((condition) => condition.expr);
    const fails = (list) => !everything && list.some((node) => needed.value(node) === false);
    const cases = benefit.cases.filter((one) => !fails(one.conditions.map((condition) => condition.expr)));
    if (fails(conditions) || cases.length === 0) return needed.facts;
    if (day === null && benefit.governing !== null && this.#isDated(benefit)) needed.condition(benefit.governing);
    conditions.forEach((node) => needed.condition(node));
    for (const one of cases) {
      one.conditions.forEach((condition) => needed.condition(condition.expr));
      needed.condition(one.amount);
    }
    benefit.uplifts.forEach((uplift) => needed.condition(uplift.condition));
    if (this.ledger.items.has(benefit.name)) needed.entry(this.ledger.needs.get(benefit.name));
    return needed.facts;
  }

  /** The governing date, as far as it can be told. */
  #day(record, { governing }) {
    if (governing === null) return null;
    const day = attempt(() => this.functions.of(governing)(record, null));
    return isAbsent(day) ? null : day;
  }

  #isDated({ conditions, cases, uplifts }) {
    const nodes = [
      ...conditions.map((condition) => condition.expr),
      ...cases.flatMap((one) => [...one.conditions.map((condition) => condition.expr), one.amount]),
      ...uplifts.flatMap((uplift) => [uplift.condition, uplift.rate]),
    ];
    return nodes.some((node) => hasVersions(this.rules, node));
  }
}

/** The facts that a benefit needs of a record, each with the nodes that it is needed for. */
class Needed {
  constructor(questions, record, day, benefit) {
    this.questions = questions;
    this.rules = questions.rules;
    this.record = record;
    this.day = day;
    this.benefit = benefit;
    this.facts = new Map();
  }

  value(node) {
    return attempt(() => this.questions.functions.of(node)(this.record, this.day));
  }

  /** Notes what is open in a node, as needed for the whole of it. */
  condition(node) {
    this.#open(node, node);
  }

  /** Notes what the ledger must know of an entry. */
  entry(facts) {
    facts.filter((fact) => this.record[fact] === UNANSWERED).forEach((fact) => this.#note(fact, null));
  }

  #open(number, whole) {
    if (!isAbsent(this.value(number))) return;
    const node = this.rules.nodes[number];
    if (node.kind === "FactRef" || node.kind === "Given") {
      if (this.record[node.fact] === UNANSWERED) this.#note(node.fact, whole);
      return;
    }
    const parts = node.kind === "ByReading" ? [node.parts[this.#option(node)]] : node.parts;
    parts.forEach((part) => this.#open(part, whole));
  }

  #option({ reading, options }) {
    return options.indexOf(this.questions.chosen.option(this.rules.readings[reading]));
  }

  #note(fact, node) {
    const known = this.facts.get(fact) ?? [];
    if (!known.some((one) => one.node === node)) known.push({ node, benefit: this.benefit });
    this.facts.set(fact, known);
  }
}
