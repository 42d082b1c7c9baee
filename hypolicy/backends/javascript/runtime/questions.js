// Which facts still matter: those without which something that is not settled yet cannot be told.
//
// Asked of the rules themselves. A condition that is settled by what is known needs nothing more, whatever of it is
// unknown; of one that is not, the parts that are open need what they read. Whether a benefit applies is asked first.

import { everyFact } from "./candidates.js";
import { EditionsAssessor } from "./editions.js";
import { attempt, isAbsent } from "./failures.js";
import { Status } from "./outcome.js";
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
    const amended = benefits.filter(({ editions }) => editions.length > 0);
    this.amended = new Map(
      amended.map(({ name, editions }) => [name, new EditionsAssessor(chosen, name, editions, functions)]),
    );
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

  #applicability(record, item) {
    const needed = new Needed(this, record, null, item);
    for (const { applies } of this.#editions(item, record)) {
      if (applies !== null) needed.condition(applies);
    }
    return needed.facts;
  }

  /** The benefit as each edition has it that may decide a record. */
  #editions(item, record) {
    const assessor = this.amended.get(item.name);
    return assessor?.deciding(record) ?? [item];
  }

  #entitlement(record, item, everything) {
    const needed = new Needed(this, record, null, item);
    const assessor = this.amended.get(item.name);
    if (assessor === undefined || assessor.deciding(record) !== null) {
      for (const benefit of this.#editions(item, record)) this.#need(needed, benefit, everything);
    } else if (assessor.assess(record).status === Status.PENDING) {
      assessor.dates.forEach((node) => needed.condition(node));
    }
    return needed.facts;
  }

  /** Notes what one edition of a benefit still needs to know. */
  #need(needed, benefit, everything) {
    const day = this.#day(needed.record, benefit);
    needed.day = day;
    if (benefit.delegatedTo || (benefit.applies !== null && needed.value(benefit.applies) === false)) return;
    if (benefit.pending.some((gate) => needed.value(gate.condition) === true)) return;
    benefit.pending.forEach((gate) => needed.condition(gate.condition));
    const conditions = benefit.conditions.map((condition) => condition.expr);
    const fails = (list) => !everything && list.some((node) => needed.value(node) === false);
    const cases = benefit.cases.filter((one) => !fails(one.conditions.map((condition) => condition.expr)));
    if (fails(conditions) || cases.length === 0) return;
    if (day === null && benefit.governing !== null && this.#isDated(benefit)) needed.condition(benefit.governing);
    conditions.forEach((node) => needed.condition(node));
    for (const one of cases) {
      one.conditions.forEach((condition) => needed.condition(condition.expr));
      needed.condition(one.amount);
    }
    benefit.uplifts.forEach((uplift) => needed.condition(uplift.condition));
    if (this.ledger.items.has(benefit.name)) needed.entry(this.ledger.needs.get(benefit.name));
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

/** The facts that a benefit needs of a record, each with the nodes that it is needed for, on a governing date. */
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
