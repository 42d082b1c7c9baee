// The ledger: payable records folded in the stated order, each consuming all of its places or nothing.

import { Accounts, capsOf, ledgerRecord, rulesOf } from "./account.js";
import { say } from "./failures.js";
import { Status, denied, reason, waiting } from "./outcome.js";
import { difference, isNumber } from "./numbers.js";
import { isGiven } from "./records.js";
import { identifierOrder, once, textOrder } from "./texts.js";

/** `fold` settles a batch. One object serves one choice of settings. */
export class Ledger {
  constructor(chosen) {
    const { rules } = chosen;
    this.rules = rules;
    this.definition = rules.ledger;
    this.ledgerRules = rulesOf(chosen);
    this.caps = capsOf(chosen);
    this.linked = new Map(
      rules.limits
        .filter((limit) => limit.linked !== null)
        .map((limit) => [limit.name, new Set(chosen.of(limit.linked))]),
    );
    // The items whose payments enter the ledger.
    this.items = new Set([...this.caps.keys(), ...this.ledgerRules.flatMap((one) => [...one.members])]);
    this.facts = ledgerRecord(rules)?.facts ?? [];
    this.needs = new Map(rules.benefits.map((benefit) => [benefit.name, this.#needs(benefit.name)]));
  }

  /** Deny or cut, in place, what limits do not allow; the entries granted, in ledger order. */
  fold(rows, records, history) {
    if (this.definition === null || this.items.size === 0) return [];
    const accounts = new Accounts(this.rules, this.ledgerRules, this.caps);
    const refused = new Map(this.rules.limits.map((limit) => [limit.name, new Map()]));
    history.forEach((entry) => accounts.consume(entry));
    const granted = [];
    for (const [row, item] of this.payable(rows, records)) {
      const asked = rows[row][item];
      const entry = this.entry(this.rules.benefits[item].name, records[row], asked.fen);
      const settled = this.#settle(accounts, refused, entry, asked, row);
      rows[row][item] = settled;
      if (settled.status === Status.GRANTED) {
        const final = { ...entry, fen: settled.fen };
        accounts.consume(final);
        granted.push(final);
      }
    }
    this.#refuseLinked(refused, rows);
    return granted;
  }

  /**
   * Payable entries (row, item) in ledger order; linked items come last in their record.
   *
   * Where the stated order leaves two records equal, their keys decide, and never their places in the batch.
   * An entry that lacks a fact that the ledger needs of it becomes 待定.
   */
  payable(rows, records) {
    const linked = new Set([...this.linked.values()].flatMap((members) => [...members]));
    const turns = once([...this.definition.order, this.definition.key]).map((fact) => this.#turn(fact));
    const entries = [];
    rows.forEach((row, rowPlace) => {
      this.rules.benefits.forEach(({ name, clause }, item) => {
        if (!this.items.has(name) || row[item].status !== Status.GRANTED) return;
        const record = records[rowPlace];
        const missing = this.needs.get(name).find((fact) => !isGiven(record[fact]));
        if (missing === undefined) {
          entries.push({ record, last: linked.has(name) ? 1 : 0, item, row: rowPlace });
        } else {
          row[item] = waiting(reason(say("LACKS_FACT", { fact: this.facts[missing].name }), clause));
        }
      });
    });
    entries.sort((a, b) => {
      for (const turn of turns) {
        const step = turn(a.record, b.record);
        if (step !== 0) return step;
      }
      return a.last - b.last || a.item - b.item || a.row - b.row;
    });
    return entries.map((entry) => [entry.row, entry.item]);
  }

  /** How two records are put in order by a fact: identifiers and labels have an order of their own. */
  #turn(fact) {
    const type = this.rules.types[this.facts[fact].type];
    return (a, b) => {
      const [one, other] = [a[fact], b[fact]];
      if (isNumber(one)) return difference(one, other);
      switch (type.kind) {
        case "identifier":
          return identifierOrder(one, other);
        case "enum":
          return type.labels.indexOf(one) - type.labels.indexOf(other);
        case "text":
          return textOrder(one, other);
        default:
          return Number(one) - Number(other);
      }
    };
  }

  /** What the ledger needs to know of an entry of this item. */
  #needs(item) {
    if (this.definition === null) return [];
    const needed = [...this.definition.order, this.definition.yearDate, this.definition.key];
    for (const one of this.ledgerRules) {
      if (one.members.has(item)) needed.push(one.limit.holderFact, ...ruleFacts(one.rule));
    }
    if (this.caps.has(item)) needed.push(this.caps.get(item).cap.holderFact);
    return once(needed).sort((a, b) => a - b);
  }

  entry(item, record, fen) {
    return { item, facts: new Map(this.definition.facts.map((fact) => [fact, record[fact]])), fen };
  }

  #settle(accounts, refused, entry, asked, row) {
    for (const one of this.ledgerRules) {
      if (one.members.has(entry.item) && !accounts.allowed(one, entry)) {
        refused.get(one.limit.name).set(row, one.reason);
        return denied([one.reason]);
      }
    }
    for (const [limit, members] of this.linked) {
      if (members.has(entry.item) && refused.get(limit).has(row)) return denied([refused.get(limit).get(row)]);
    }
    return accounts.capped(entry, asked);
  }

  #refuseLinked(refused, rows) {
    for (const [limit, members] of this.linked) {
      for (const [row, why] of refused.get(limit)) {
        this.rules.benefits.forEach(({ name }, item) => {
          if (!members.has(name) || rows[row][item].status !== Status.GRANTED) return;
          rows[row][item] = denied([reason(say("LINKED", { limit, reason: why.text }), why.clause)]);
        });
      }
    }
  }
}

/** The facts of an entry that a limit's sentence compares. */
export const ruleFacts = (rule) => (rule.level === undefined ? rule.keys : [...rule.keys, rule.level]);
