// What the rules can be asked, from data to data: the border at which other back ends are compared with this one.

import { RULES } from "./rules.js";
import { Chosen, Functions } from "./compile.js";
import { Evaluator } from "./evaluate.js";
import { Explainer } from "./explain.js";
import { Figures } from "./figures.js";
import { Ledger } from "./ledger.js";
import { narrate } from "./narration.js";
import { Questions } from "./questions.js";
import { decodeRecord, decodeValue } from "./records.js";

/** A decision as data: status, fen, reasons with their clauses, clauses, the edition, and what other editions give. */
const told = (one) => [
  one.status,
  String(one.fen),
  one.reasons.map((why) => [why.text, why.clause]),
  one.clauses,
  one.edition,
  one.others.map(told),
];

const kindNamed = (name) => RULES.records.find((kind) => kind.name === name);

function entriesOf(history) {
  const kind = RULES.ledger === null ? null : kindNamed(RULES.ledger.record);
  return history.map(({ item, facts, fen }) => ({
    item,
    fen: BigInt(fen),
    facts: new Map(facts.map(([fact, value]) => [fact, decodeValue(RULES.types[kind.facts[fact].type], value)])),
  }));
}

export const ENGINE = {
  /** Decisions of each record, by benefit; and its checks and computations, by name. */
  decide({ kind: name, records, history = [], settings }) {
    const kind = kindNamed(name);
    const chosen = new Chosen(RULES, settings);
    const rows = records.map((record) => decodeRecord(RULES, kind, record));
    const figures = new Figures(chosen, kind);
    const overall = figures.overall(rows);
    return {
      rows: new Evaluator(chosen).decide(rows, entriesOf(history), kind).rows.map((row) => row.map(told)),
      figures: rows.map((row) => [...figures.of(row), ...overall].map(([figure, one]) => [figure, told(one)])),
    };
  },

  /** What each benefit still needs to know of each record: names of facts, by the name of the benefit. */
  questions({ kind: name, records, settings }) {
    const kind = kindNamed(name);
    const chosen = new Chosen(RULES, settings);
    const benefits = RULES.benefits.filter((benefit) => benefit.record === name);
    const questions = new Questions(chosen, benefits, new Functions(chosen), new Ledger(chosen));
    return records.map((record) => {
      const needed = questions.of(decodeRecord(RULES, kind, record));
      return [...needed].map(([item, facts]) => [item, [...facts.keys()].map((fact) => kind.facts[fact].name)]);
    });
  },

  /** What each record of `places` is told, with the decisions it has come to. */
  explain({ kind: name, records, history = [], settings, places, notices = true }) {
    const kind = kindNamed(name);
    const explainer = new Explainer(new Chosen(RULES, settings));
    const rows = records.map((record) => decodeRecord(RULES, kind, record));
    const entries = entriesOf(history);
    return places.map((place) => {
      const trace = explainer.explain(rows, place, entries, kind, { notices });
      return { ...narrate(trace), decisions: trace.items.map((item) => told(item.decision)) };
    });
  },
};
