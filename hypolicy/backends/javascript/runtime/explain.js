// Explanations: the trace of one record, made by watching it being decided.
//
// Earlier records count, so the records of the same holders are decided with it; records that share no holder with
// these, directly or through others, cannot touch it.

import { Evaluator } from "./evaluate.js";
import { Functions } from "./compile.js";
import { ItemWatcher } from "./item_steps.js";
import { LedgerWitness } from "./ledger_steps.js";
import { NearestFinder } from "./nearest.js";
import { isGiven } from "./records.js";
import { Screen } from "./screen.js";
import { Status } from "./outcome.js";
import { Aside, StepMaker, readingUsed } from "./steps.js";
import { keyOf } from "./texts.js";

/** One policy under one choice of settings. */
export class Explainer {
  constructor(chosen) {
    this.chosen = chosen;
    this.rules = chosen.rules;
    this.evaluator = new Evaluator(chosen);
    this.ledger = this.evaluator.ledger;
    this.aside = new Aside(chosen);
    this.observed = new Functions(chosen, { observed: true });
    // By item and edition, made when they are first needed.
    this.watchers = new Map();
    this.finders = new Map();
  }

  /** The trace of the record at a place of its batch; with `nearest`, the smallest change for each 不予 too. */
  explain(records, place, history, kind, { nearest = true, notices = true } = {}) {
    const related = this.#related(records, place);
    const batch = related.map((i) => records[i]);
    const here = related.indexOf(place);
    const past = this.#historyOf(batch, history);
    const { rows, granted } = this.evaluator.decide(batch, past, kind);
    const steps = new StepMaker(this.chosen, batch[here], this.aside);
    const final = new Map(this.rules.benefits.map(({ name }, i) => [name, rows[here][i]]));
    const own = this.rules.benefits.filter((benefit) => benefit.record === kind.name);
    const items = own.map(({ name }) => this.#watcher(name, final.get(name).edition).watch(steps));
    const ledger = this.#ledgerOf(steps, batch, here, items, final, granted, past, kind);
    return {
      title: this.rules.title,
      number: this.rules.number,
      term: this.rules.term,
      key: steps.known(kind.facts[kind.key], batch[here][kind.key]),
      changed: this.#changed(),
      illustrative: this.#illustrative(),
      notices: notices ? new Screen(this.chosen, kind).notices(batch, here) : [],
      items: items.map((item) => ({
        ...item,
        ledger: ledger.get(item.item) ?? null,
        decision: final.get(item.item),
        nearest: nearest ? this.nearest(item, final.get(item.item).edition, batch[here], kind) : null,
      })),
    };
  }

  /** The smallest change that would qualify, of an item that is 不予 before the ledger; null of any other. */
  nearest({ item, before }, edition, record, kind) {
    return before.status === Status.DENIED ? this.#finder(item, edition, kind).find(record) : null;
  }

  #watcher(item, edition) {
    const make = () => new ItemWatcher(this.chosen, this.chosen.deciding(item, edition), this.observed);
    return made(this.watchers, `${edition} ${item}`, make);
  }

  #finder(item, edition, kind) {
    const { chosen, evaluator } = this;
    const make = () => new NearestFinder(chosen, chosen.deciding(item, edition), kind, evaluator.functions);
    return made(this.finders, `${edition} ${item}`, make);
  }

  /** The places of the records that share a holder with this one, directly or through others. */
  #related(records, place) {
    if (this.rules.ledger === null) return [place];
    const holders = this.rules.ledger.holders.map((holder) => holder.fact);
    let found = new Set([place]);
    for (;;) {
      const grown = new Set([place]);
      for (const fact of holders) {
        const known = new Set([...found].map((i) => records[i][fact]).filter(isGiven).map((holder) => keyOf([holder])));
        records.forEach((record, i) => {
          if (known.has(keyOf([record[fact]]))) grown.add(i);
        });
      }
      if ([...grown].every((i) => found.has(i)) || holders.length === 1) return [...grown].sort((a, b) => a - b);
      found = new Set([...found, ...grown]);
    }
  }

  /** The entries of earlier batches that touch a holder of these records. */
  #historyOf(batch, history) {
    if (this.rules.ledger === null) return [];
    const holders = this.rules.ledger.holders.map(({ fact }) => ({
      fact,
      known: new Set(batch.map((record) => keyOf([record[fact]]))),
    }));
    return history.filter((entry) => holders.some(({ fact, known }) => known.has(keyOf([entry.facts.get(fact)]))));
  }

  #ledgerOf(steps, batch, here, items, final, granted, history, kind) {
    if (this.rules.ledger === null || !items.some((item) => item.before.status === Status.GRANTED)) return new Map();
    const [alone] = this.evaluator.beforeLedger([batch[here]], kind);
    const names = new Set(items.map((item) => item.item));
    const before = new Map(
      this.rules.benefits.map(({ name }, i) => [name, alone[i]]).filter(([name]) => names.has(name)),
    );
    const witness = new LedgerWitness(this.chosen, this.ledger, steps);
    return witness.ofRecord(batch[here], before, final, this.#earlier(batch, here, granted, history, kind));
  }

  /** What stood in the ledger before each item of the record: history, then what was granted in its order. */
  #earlier(batch, here, granted, history, kind) {
    const rows = this.evaluator.beforeLedger(batch, kind);
    const entryKey = (item, key) => keyOf([item, key]);
    const final = new Map(granted.map((entry) => [entryKey(entry.item, entry.facts.get(kind.key)), entry]));
    const before = history.map((entry) => ({ entry, earlierBatch: true }));
    const out = new Map(this.rules.benefits.map(({ name }) => [name, [...before]]));
    for (const [row, item] of this.ledger.payable(rows, batch)) {
      const { name } = this.rules.benefits[item];
      if (row === here) out.set(name, [...before]);
      const entry = final.get(entryKey(name, batch[row][kind.key]));
      if (entry !== undefined) before.push({ entry, earlierBatch: false });
    }
    return out;
  }

  /** The readings that the run chose otherwise than the policy. */
  #changed() {
    return this.rules.readings
      .map((_, place) => readingUsed(this.chosen, place))
      .filter((reading) => !reading.earlier && reading.option !== reading.default);
  }

  /** Tables whose data are no official facts. */
  #illustrative() {
    return this.chosen.tables
      .filter((table) => !table.earlier && table.versions.some((version) => version.illustrative))
      .map((table) => table.name);
  }
}

/** What a map has under a key, made if it has nothing. */
function made(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}
