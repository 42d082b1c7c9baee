// What has been consumed so far: the accounts that limits and running caps keep.
//
// One rule for all: the latest entry of a kind tells whether a rolling period still holds it, and the accounts of a
// calendar year, of the term or without end are kept apart by a bucket. History may come in any order.
//
// An amendment does not close an account, and opens none that is empty: every sentence counts all earlier entries that
// it speaks of, whatever the rules were when they were granted, as it counts those from before the policy.

import { addMonths, yearOf } from "./calendar.js";
import { exact } from "./numbers.js";
import { say } from "./failures.js";
import { denied, fenText, reason } from "./outcome.js";
import { keyOf, listed, once } from "./texts.js";

const UNLIMITED = { kind: "UNLIMITED", words: "" };

const DENIALS = {
  NoRepeat: (rule, name) => say("REPEATED", { keys: listed(rule.keys.map(name)) }),
  NoLower: (rule, name) => say("HAD_HIGHER", { keys: listed(rule.keys.map(name)), level: name(rule.level) }),
  NotTogether: () => say("HAD_OTHER_ITEM"),
  CountLimit: (rule) => say("TOO_OFTEN", { times: rule.times }),
};

/** What one edition of the policy allows: sentences of limits, running caps by item, linked items by limit. */
export class Book {
  constructor({ rules = [], caps = new Map(), linked = new Map(), limits = [] }) {
    this.rules = rules;
    this.caps = caps;
    this.linked = linked;
    this.limits = limits;
  }

  static of(chosen, stage) {
    const linked = stage.limits.filter((limit) => limit.linked !== null);
    return new Book({
      rules: rulesOf(chosen, stage),
      caps: capsOf(chosen, stage),
      linked: new Map(linked.map((limit) => [limit.name, new Set(chosen.of(limit.linked))])),
      limits: stage.limits,
    });
  }

  /** The items whose payments enter the ledger. */
  get items() {
    return [...this.caps.keys(), ...this.rules.flatMap((one) => [...one.members])];
  }
}

/** The facts of an entry that a limit's sentence compares. */
export const ruleFacts = (rule) => (rule.level === undefined ? rule.keys : [...rule.keys, rule.level]);

/** The sentences of all limits, in the order of writing, with what the readings make of them. */
function rulesOf(chosen, stage) {
  const facts = ledgerRecord(chosen.rules)?.facts ?? [];
  return stage.limits
    .flatMap((limit) => limit.rules.map((rule) => ({ limit, rule })))
    .map(({ limit, rule }) => {
      const members = chosen.of(limit.members);
      const period = rule.period === null ? UNLIMITED : chosen.of(rule.period);
      // What the sentence counts, and for whom; that of another edition may differ from it in its number only.
      const account = JSON.stringify([rule.kind, ruleFacts(rule), limit.holderFact, period, [...members].sort()]);
      const why = reason(DENIALS[rule.kind](rule, (place) => facts[place].name), rule.clause);
      return { limit, rule, members: new Set(members), period, account, reason: why };
    });
}

export const ledgerRecord = (rules) =>
  rules.ledger === null ? null : rules.records.find((kind) => kind.name === rules.ledger.record);

/** The caps that run over several entries, by item. */
function capsOf(chosen, stage) {
  const caps = new Map();
  for (const { name, cap } of stage.benefits) {
    if (cap === null) continue;
    const period = chosen.of(cap.period);
    if (period.kind === "EACH") continue;
    const amount = exact(cap.amount);
    const fen = (amount.n * 100n) / amount.d;
    const usedUp = say("CAP_USED_UP", { period: period.words, most: fenText(fen) });
    // What the cap is spent from, whatever its amount.
    const account = JSON.stringify([cap.holderFact, period]);
    caps.set(name, { cap, period, fen, account, reason: reason(usedUp, cap.clause) });
  }
  return caps;
}

/**
 * Consumption by rule and holder; `books` are those of the policy and its earlier editions, the latest first.
 *
 * `last` is the day of the latest entry of a kind, `days` those of all.
 */
export class Accounts {
  constructor(rules, books) {
    this.rules = rules;
    this.books = books;
    this.rulesOf = new Map();
    this.capsOf = new Map();
    for (const book of books) {
      for (const one of book.rules) one.members.forEach((item) => first(within(this.rulesOf, item, new Map()), one));
      for (const [item, cap] of book.caps) first(within(this.capsOf, item, new Map()), cap);
    }
    this.last = new Map();
    this.days = new Map();
    this.best = new Map();
    this.spent = new Map();
  }

  day(entry) {
    return entry.facts.get(this.rules.ledger.yearDate);
  }

  /** The stretch of time that a day falls into; null where it does not count. */
  #bucket(period, day) {
    switch (period.kind) {
      case "CALENDAR_YEAR":
        return yearOf(day);
      case "TERM":
        // Only what lies before the term is left out; the rules have said which later entries belong.
        return day >= this.rules.term[0] ? "TERM" : null;
      case "UNLIMITED":
      case "ROLLING":
        return "UNLIMITED";
      case "EACH":
        return null;
      default:
        throw new Error(period.kind);
    }
  }

  /** Whether an entry of the same bucket still counts. */
  #counts(period, then, now) {
    return period.kind !== "ROLLING" || addMonths(then, period.months) > now;
  }

  allowed(one, entry) {
    const day = this.day(entry);
    const bucket = this.#bucket(one.period, day);
    if (bucket === null) return true;
    const account = this.#account(one, entry, bucket);
    const still = (then) => this.#counts(one.period, then, day);
    switch (one.rule.kind) {
      case "NoRepeat": {
        const then = this.last.get(account)?.get(values(entry, one.rule.keys));
        return then === undefined || !still(then);
      }
      case "NotTogether": {
        const others = [...(this.last.get(account) ?? [])].filter(([item]) => item !== entry.item);
        return !others.some(([, then]) => still(then));
      }
      case "NoLower":
        return this.#rank(entry, one.rule.level) >= (this.best.get(account + values(entry, one.rule.keys)) ?? 0);
      case "CountLimit":
        return (this.days.get(account) ?? []).filter(still).length < one.rule.times;
      default:
        throw new Error(one.rule.kind);
    }
  }

  /** The payment as far as the running cap of its item leaves room for it. */
  capped(entry, asked) {
    const running = this.books[asked.edition].caps.get(entry.item);
    if (running === undefined) return asked;
    const day = this.day(entry);
    const bucket = this.#bucket(running.period, day);
    if (bucket === null) return asked;
    const spent = this.spent.get(this.#capAccount(running, entry, bucket)) ?? [];
    const counted = spent.filter(([then]) => this.#counts(running.period, then, day));
    const rest = counted.reduce((left, [, fen]) => left - fen, running.fen);
    if (rest <= 0n) return denied([running.reason], asked.edition);
    if (asked.fen <= rest) return asked;
    const rests = say("CAP_RESTS", { period: running.period.words, rest: fenText(rest) });
    const cut = reason(rests, running.reason.clause);
    const clauses = once([...asked.clauses, running.reason.clause]);
    return { ...asked, fen: rest, reasons: [...asked.reasons, cut], clauses };
  }

  consume(entry) {
    const day = this.day(entry);
    for (const one of this.rulesOf.get(entry.item)?.values() ?? []) {
      const bucket = this.#bucket(one.period, day);
      if (bucket !== null) this.#enter(one, this.#account(one, entry, bucket), entry, day);
    }
    for (const running of this.capsOf.get(entry.item)?.values() ?? []) {
      const bucket = this.#bucket(running.period, day);
      if (bucket !== null) within(this.spent, this.#capAccount(running, entry, bucket), []).push([day, entry.fen]);
    }
  }

  #enter(one, account, entry, day) {
    switch (one.rule.kind) {
      case "NoRepeat":
        later(within(this.last, account, new Map()), values(entry, one.rule.keys), day);
        break;
      case "NotTogether":
        later(within(this.last, account, new Map()), entry.item, day);
        break;
      case "NoLower":
        later(this.best, account + values(entry, one.rule.keys), this.#rank(entry, one.rule.level));
        break;
      case "CountLimit":
        within(this.days, account, []).push(day);
        break;
      default:
        throw new Error(one.rule.kind);
    }
  }

  #rank(entry, level) {
    const { type } = ledgerRecord(this.rules).facts[level];
    return this.rules.types[type].labels.indexOf(entry.facts.get(level));
  }

  #account(one, entry, bucket) {
    return keyOf([one.account, entry.facts.get(one.limit.holderFact), bucket]);
  }

  #capAccount(running, entry, bucket) {
    return keyOf([entry.item, running.account, entry.facts.get(running.cap.holderFact), bucket]);
  }
}

const values = (entry, facts) => keyOf(facts.map((fact) => entry.facts.get(fact)));

/** What a map has under a key, put there if it has nothing. */
function within(map, key, nothing) {
  if (!map.has(key)) map.set(key, nothing);
  return map.get(key);
}

/** Puts something under its account, unless another is there already. */
function first(map, one) {
  if (!map.has(one.account)) map.set(one.account, one);
}

/** The greater of what a map has under a key and a value. */
function later(map, key, value) {
  map.set(key, Math.max(value, map.get(key) ?? value));
}
