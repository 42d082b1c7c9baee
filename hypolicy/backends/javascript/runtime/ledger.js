// The ledger: payable records folded in the stated order, each consuming all of its places or nothing.

import { Accounts, Book, ledgerRecord, ruleFacts } from "./account.js";
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
    this.books = chosen.stages.map((stage) => Book.of(chosen, stage));
    // The items whose payments enter the ledger, in any edition.
    this.items = new Set(this.books.flatMap((book) => book.items));
    this.facts = ledgerRecord(rules)?.facts ?? [];
    this.needs = new Map(rules.benefits.map((benefit) => [benefit.name, this.#needs(benefit.name)]));
  }

  /** Deny or cut, in place, what limits do not allow; the entries granted, in ledger order. */
  fold(rows, records, history) {
    if (this.definition === null || this.items.size === 0) return [];
    const state = new State(this);
    history.forEach((entry) => state.accounts.consume(entry));
    const granted = [];
    for (const [row, item] of this.payable(rows, records)) {
      const asked = rows[row][item];
      const entry = this.entry(this.rules.benefits[item].name, records[row], asked.fen);
      const settled = state.settled(entry, asked, row);
      rows[row][item] = settled;
      if (settled.status === Status.GRANTED) {
        const final = { ...entry, fen: settled.fen };
        state.accounts.consume(final);
        granted.push(final);
      }
    }
    state.refuseLinked(rows);
    return granted;
  }

  /**
   * Payable entries (row, item) in ledger order; linked items come last in their record.
   *
   * Where the stated order leaves two records equal, their keys decide, and never their places in the batch.
   * An entry that lacks a fact that the ledger needs of it becomes 待定.
   */
  payable(rows, records) {
    const linked = new Set(this.books.flatMap((book) => [...book.linked.values()].flatMap((members) => [...members])));
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
    for (const { rules, caps } of this.books) {
      for (const one of rules) {
        if (one.members.has(item)) needed.push(one.limit.holderFact, ...ruleFacts(one.rule));
      }
      if (caps.has(item)) needed.push(caps.get(item).cap.holderFact);
    }
    return once(needed).sort((a, b) => a - b);
  }

  entry(item, record, fen) {
    return { item, facts: new Map(this.definition.facts.map((fact) => [fact, record[fact]])), fen };
  }
}

/** The accounts of a fold, and which records each limit has refused. */
class State {
  constructor(ledger) {
    this.ledger = ledger;
    this.accounts = new Accounts(ledger.rules, ledger.books);
    this.refused = new Map();
  }

  /** What the ledger leaves of a decision; where several editions are open, of the one that it leaves most of. */
  settled(entry, asked, row) {
    if (asked.others.length === 0) return this.#refusing(this.#settle(entry, asked, row), row);
    const open = [asked, ...asked.others];
    const granted = open.filter(({ status }) => status === Status.GRANTED).sort((a, b) => a.edition - b.edition);
    const found = granted.map((one) => this.#settle(entry, one, row));
    const most = found.reduce((a, b) => (b.settled.fen > a.settled.fen ? b : a));
    const others = [
      ...asked.others.filter(({ status }) => status !== Status.GRANTED),
      ...found.filter((one) => one !== most).map((one) => one.settled),
    ];
    const settled = { ...most.settled, others: others.map((one) => ({ ...one, others: [] })) };
    return this.#refusing({ ...most, settled }, row);
  }

  #refusing({ settled, limit }, row) {
    if (limit !== null) this.#refusedBy(limit).set(row, settled.reasons[0]);
    return settled;
  }

  /** The records that a limit has refused, with its reason. */
  #refusedBy(limit) {
    if (!this.refused.has(limit)) this.refused.set(limit, new Map());
    return this.refused.get(limit);
  }

  /** What the edition that decided leaves of a payment, and the limit that refuses it, if one does. */
  #settle(entry, asked, row) {
    const { edition } = asked;
    const book = this.ledger.books[edition];
    for (const one of book.rules) {
      if (one.members.has(entry.item) && !this.accounts.allowed(one, entry)) {
        return { settled: denied([one.reason], edition), limit: one.limit.name };
      }
    }
    for (const [limit, members] of book.linked) {
      const why = this.#refusedBy(limit).get(row);
      if (members.has(entry.item) && why !== undefined) return { settled: denied([why], edition), limit: null };
    }
    return { settled: this.accounts.capped(entry, asked), limit: null };
  }

  refuseLinked(rows) {
    for (const [limit, refused] of this.refused) {
      for (const [row, why] of refused) {
        this.ledger.rules.benefits.forEach(({ name }, item) => {
          const { status, edition } = rows[row][item];
          const members = this.ledger.books[edition].linked.get(limit);
          if (status !== Status.GRANTED || members === undefined || !members.has(name)) return;
          rows[row][item] = denied([reason(say("LINKED", { limit, reason: why.text }), why.clause)], edition);
        });
      }
    }
  }
}
