// What the ledger said of one record: which earlier entries count, which rule refused, what a cap left.
//
// The ledger's own accounts are asked: an earlier entry counts for a rule where it alone would use up the rule's only
// place.

import { Accounts, Book, ruleFacts } from "./account.js";
import { Status } from "./outcome.js";
import { isGiven } from "./records.js";
import { readingUsed } from "./steps.js";
import { yearOf } from "./calendar.js";

const KINDS = { NoRepeat: "REPEAT", NoLower: "LOWER", NotTogether: "TOGETHER", CountLimit: "COUNT" };

export class LedgerWitness {
  constructor(chosen, ledger, steps) {
    this.chosen = chosen;
    this.rules = chosen.rules;
    this.ledger = ledger;
    this.definition = ledger.definition;
    this.steps = steps;
  }

  /** What the ledger said, by item; only items that were payable reach it. `earlier` is what stood in it, by item. */
  ofRecord(record, before, decided, earlier) {
    const asked = new Map([...before].map(([item, one]) => [item, askedOf(one, decided.get(item))]));
    const entries = new Map();
    for (const { name } of this.rules.benefits) {
      if (asked.get(name)?.status !== Status.GRANTED) continue;
      // What lacks a fact that the ledger needs has become 待定 before it was looked at.
      if (this.ledger.needs.get(name).some((fact) => !isGiven(record[fact]))) continue;
      entries.set(name, this.ledger.entry(name, record, asked.get(name).fen));
    }
    const bookOf = (item) => this.ledger.books[decided.get(item).edition];
    const rules = new Map(
      [...entries].map(([item, entry]) => [item, this.#rules(bookOf(item), entry, earlier.get(item))]),
    );
    const refused = new Map();
    for (const [item, used] of [...rules].reverse()) {
      used.filter((rule) => !rule.allowed).forEach((rule) => refused.set(rule.limit, item));
    }
    return new Map(
      [...entries].map(([item, entry]) => [
        item,
        {
          rules: rules.get(item),
          cap: this.#cap(bookOf(item), entry, asked.get(item), earlier.get(item)),
          link: decided.get(item).status === Status.DENIED ? this.#link(bookOf(item), item, refused) : null,
          freeOf: this.#freeOf(bookOf(item), item),
        },
      ]),
    );
  }

  // --- limits

  #rules(book, entry, earlier) {
    return book.rules
      .filter((one) => one.members.has(entry.item) && one.period.kind !== "EACH")
      .map((one) => this.#rule(one, entry, earlier));
  }

  #rule(one, entry, earlier) {
    const accounts = this.#accounts({ rules: [one] });
    earlier.forEach((past) => accounts.consume(past.entry));
    const counted = earlier.filter((past) => this.#usesUp(one, past.entry, entry));
    const own = this.#own(counted, entry);
    const year = one.period.kind === "CALENDAR_YEAR" ? yearOf(accounts.day(entry)) : null;
    return {
      kind: KINDS[one.rule.kind],
      limit: one.limit.name,
      clause: one.rule.cited,
      holder: one.limit.holder,
      keys: ruleFacts(one.rule).map((fact) => this.#known(fact, entry)),
      times: one.rule.times ?? 0,
      period: one.rule.period === null ? null : one.period,
      year,
      yearName: this.ledger.facts[this.definition.yearDate].name,
      nextYear: this.#nextYear(year),
      counted: own,
      others: counted.length - own.length,
      allowed: accounts.allowed(one, entry),
      readings: this.#readings([one.rule.period, one.limit.members]),
    };
  }

  #known(fact, entry) {
    return this.steps.known(this.ledger.facts[fact], entry.facts.get(fact));
  }

  /** Whether one earlier entry would use up the only place that a rule leaves. */
  #usesUp(one, past, entry) {
    const single = one.rule.kind === "CountLimit" ? { ...one, rule: { ...one.rule, times: 1 } } : one;
    const accounts = this.#accounts({ rules: [single] });
    accounts.consume(past);
    return !accounts.allowed(single, entry);
  }

  /** The accounts of one sentence, or one cap, alone. */
  #accounts(alone) {
    return new Accounts(this.rules, [new Book(alone)]);
  }

  #nextYear(year) {
    const [, end] = this.rules.term;
    return year === null || (end !== null && year + 1 > yearOf(end)) ? null : year + 1;
  }

  #readings(choices) {
    return choices
      .filter((choice) => choice !== null && choice.reading !== undefined)
      .map((choice) => readingUsed(this.chosen, choice.reading));
  }

  #freeOf(book, item) {
    const bound = new Set(book.rules.filter((one) => one.members.has(item)).map((one) => one.limit.name));
    return book.limits.map((limit) => limit.name).filter((name) => !bound.has(name));
  }

  #link(book, item, refused) {
    const limit = book.limits.find(({ name }) => refused.has(name) && book.linked.get(name)?.has(item) === true);
    if (limit === undefined) return null;
    const [reading = null] = this.#readings([limit.linked]);
    return { limit: limit.name, becauseOf: refused.get(limit.name), clause: limit.cited, reading };
  }

  // --- caps

  #cap(book, entry, asked, earlier) {
    const running = book.caps.get(entry.item);
    if (running === undefined) return null;
    const caps = new Map([[entry.item, running]]);
    const counted = earlier.filter((past) => this.#spends(caps, running, past.entry, entry, asked));
    const own = this.#own(counted, entry);
    const accounts = this.#accounts({ caps });
    earlier.forEach((past) => accounts.consume(past.entry));
    const [reading = null] = this.#readings([running.cap.period]);
    return {
      holder: running.cap.holder,
      clause: running.cap.cited,
      period: running.period,
      year: running.period.kind === "CALENDAR_YEAR" ? yearOf(accounts.day(entry)) : null,
      most: running.fen,
      spent: counted.reduce((sum, past) => sum + past.entry.fen, 0n),
      asked: asked.fen,
      paid: accounts.capped(entry, { ...asked, edition: 0 }).fen,
      counted: own,
      others: counted.length - own.length,
      reading,
    };
  }

  /** Whether an earlier entry is spent from the same cap: it would exhaust it, were it large enough. */
  #spends(caps, running, past, entry, asked) {
    const accounts = this.#accounts({ caps });
    accounts.consume({ ...past, fen: running.fen });
    return accounts.capped(entry, { ...asked, edition: 0 }).status !== Status.GRANTED;
  }

  // --- entries

  /** The entries of the same person: of other people's, only their number is ever told. */
  #own(earlier, entry) {
    const { holders } = this.definition;
    const personal = holders.filter((holder) => this.ledger.facts[holder.fact].personal);
    const persons = personal.length > 0 ? personal : holders.slice(0, 1);
    return earlier
      .filter((past) => persons.every(({ fact }) => past.entry.facts.get(fact) === entry.facts.get(fact)))
      .map((past) => this.#shown(past));
  }

  /** An earlier entry, without whose it was. */
  #shown({ entry, earlierBatch }) {
    const { holders, key, yearDate, facts } = this.definition;
    const apart = new Set([...holders.map((holder) => holder.fact), key, yearDate]);
    return {
      item: entry.item,
      day: entry.facts.get(yearDate),
      facts: facts
        .filter((fact) => !apart.has(fact) && !this.ledger.facts[fact].personal)
        .map((fact) => this.#known(fact, entry)),
      key: this.#known(key, entry),
      fen: entry.fen,
      earlierBatch,
    };
  }
}

/** What the edition that decided in the end had asked of the ledger. */
const askedOf = (before, decided) =>
  [before, ...before.others].find((one) => one.edition === decided.edition) ?? before;
