// From what was observed to the steps of a trace, one for each kind of node.
//
// What was observed says which parts were asked, and what they gave. Parts that were not asked, because others had
// settled the matter, are asked here afterwards where that is possible, for information only.
//
// A step has the `kind` of its node, its `value`, `type`, `clause` and `words`, its parts under the names of the rule
// tree, and what else is told of it. The value of a personal fact, and whatever could tell it, is left out.

import { Absence, attempt, isAbsent } from "./failures.js";
import { Functions } from "./compile.js";
import { isGiven } from "./records.js";
import { inPeriod } from "./calendar.js";
import { keyOf } from "./texts.js";

/** Asks for information what the decision did not need. */
export class Aside {
  constructor(chosen) {
    this.rules = chosen.rules;
    this.functions = new Functions(chosen, { observed: true });
  }

  /** What a node gives, if it can be asked at all; undefined otherwise. */
  ask(node, record, day) {
    const inTerm = day !== null && inPeriod(this.rules.term, day);
    if (hasVersions(this.rules, node) && !inTerm) return undefined;
    const [seen] = this.functions.watch(() => this.functions.of(node)(record, day));
    return isAbsent(seen.value) ? undefined : seen;
  }
}

/** Whether the governing date matters to a node. */
export function hasVersions(rules, node) {
  const { kind, parameter, table, parts } = rules.nodes[node];
  if (kind === "ParameterRef" && rules.parameters[parameter].versions.length !== 1) return true;
  if ((kind === "Lookup" || kind === "InTable") && rules.tables[table].versions.length !== 1) return true;
  return parts.some((part) => hasVersions(rules, part));
}

/** Steps for one record under one choice of settings. */
export class StepMaker {
  constructor(chosen, record, aside) {
    this.chosen = chosen;
    this.rules = chosen.rules;
    this.record = record;
    this.asideOf = aside;
  }

  /** The step that an observation is, with everything in it. */
  step(seen) {
    const node = this.rules.nodes[seen.node];
    const step = { ...this.#plain(seen.node, seen.value), ...MAKERS[node.kind](this, node, seen) };
    const hidden = partsOf(step).some((part) => part.value === Absence.HIDDEN);
    if (hidden && step.type.kind !== "bool") step.value = Absence.HIDDEN;
    return step;
  }

  #plain(number, value) {
    const { kind, type, clause, words } = this.rules.nodes[number];
    return { kind, value, type: this.rules.types[type], clause, words };
  }

  /** The step of a part: as it was asked, or by its words where nobody asked. */
  part(number, outer) {
    const seen = outer.inner.find((one) => one.node === number);
    if (seen !== undefined) return this.step(seen);
    const node = this.rules.nodes[number];
    if (node.kind === "Literal") return this.#plain(number, this.chosen.decoded(node.type, node.value));
    return this.unassessed(number);
  }

  /** The operands that were asked, in order, and then the others, asked now where that can be done. */
  operands(node, outer) {
    const asked = outer.inner.map((seen) => this.step(seen));
    return [...asked, ...node.parts.slice(asked.length).map((part) => this.aside(part, outer.day))];
  }

  /** A part that did not matter to the decision. */
  aside(number, day) {
    const seen = this.asideOf.ask(number, this.record, day);
    return seen === undefined ? this.unassessed(number) : this.step(seen);
  }

  unassessed(number) {
    return { ...this.#plain(number, Absence.NOT_ASSESSED), kind: "Unassessed" };
  }

  fact({ record, fact }) {
    return this.rules.records[record].facts[fact];
  }

  /** What may be shown of a fact of the record. */
  known(fact, value) {
    return { name: fact.name, value: shownOf(fact, value), type: this.rules.types[fact.type] };
  }

  version(dated, day) {
    const version = attempt(() => this.chosen.version(dated, day));
    return isAbsent(version) ? null : version;
  }

  versionUsed(table, day) {
    const version = this.version(table, day);
    if (version === null) return null;
    const { period, file, illustrative } = version;
    return { period, file, illustrative, replaced: table.replaced };
  }

  reading(place) {
    return readingUsed(this.chosen, place);
  }
}

function shownOf(fact, value) {
  if (!isGiven(value)) return Absence.NOT_GIVEN;
  return fact.personal && !isAbsent(value) ? Absence.HIDDEN : value;
}

/** A 口径, the option that was taken, and why the policy takes its default. */
export function readingUsed(chosen, place) {
  const reading = chosen.rules.readings[place];
  return { ...reading, option: chosen.option(reading) };
}

// What each kind of node has beside its value, from the node and what was observed of it.
const operand = (maker, { parts }, seen) => ({ operand: maker.part(parts[0], seen) });
const operands = (maker, node, seen) => ({ operands: maker.operands(node, seen), decisive: seen.inner.length });
const signed = (name) => (maker, { parts, signs }, seen) => ({
  [name]: parts.map((part, i) => [signs[i], maker.part(part, seen)]),
});

const MAKERS = {
  Literal: () => ({}),
  FactRef: (maker, node, seen) => {
    const fact = maker.fact(node);
    return { name: fact.name, value: shownOf(fact, seen.value) };
  },
  ConceptRef: (maker, { name, denial, parts }, seen) => ({ name, denial, body: maker.part(parts[0], seen) }),
  ParameterRef: (maker, node, seen) => {
    const { chosen, rules } = maker;
    const parameter = rules.parameters[node.parameter];
    const found = parameter.versions.length > 0 ? maker.version(parameter, seen.day) : null;
    const version = found ?? { period: rules.term, ground: "", clause: parameter.clause };
    return {
      name: parameter.name,
      period: version.period,
      ground: version.ground,
      source: version.clause,
      replaced: chosen.parameters.has(parameter.name),
    };
  },
  Lookup: (maker, node, seen) => {
    const { chosen } = maker;
    const table = chosen.tables[node.table];
    const version = maker.version(table, seen.day);
    const row = version?.rows.get(keyOf(seen.inner.map((key) => key.value)));
    return {
      table: table.name,
      column: table.columns[node.column].name,
      keyNames: table.keys,
      keys: node.parts.map((part) => maker.part(part, seen)),
      version: maker.versionUsed(table, seen.day),
      written: row === undefined ? Absence.NO_ROW : row.cells[node.column],
      uplifts: row === undefined ? [] : chosen.upliftsOf(table, row, node.column),
    };
  },
  InTable: (maker, { table, key, parts }, seen) => ({
    table: maker.chosen.tables[table].name,
    keyName: maker.chosen.tables[table].keys[key],
    operand: maker.part(parts[0], seen),
    version: maker.versionUsed(maker.chosen.tables[table], seen.day),
  }),
  Given: (maker, node) => {
    const fact = maker.fact(node);
    const { name, value, type } = maker.known(fact, maker.record[node.fact]);
    return { name, shown: value, shownType: type };
  },
  Not: operand,
  All: operands,
  Any: operands,
  Compare: (maker, { comparison, parts }, seen) => ({
    comparison,
    left: maker.part(parts[0], seen),
    right: maker.part(parts[1], seen),
  }),
  OneOf: (maker, node, seen) => ({ ...operand(maker, node, seen), labels: node.labels }),
  InTerm: (maker, node, seen) => ({ ...operand(maker, node, seen), term: node.term }),
  Within: (maker, { parts, amount, unit }, seen) => ({
    operand: maker.part(parts[0], seen),
    start: maker.part(parts[1], seen),
    amount,
    unit,
  }),
  Age: (maker, { parts }, seen) => ({ birth: maker.part(parts[0], seen), day: maker.part(parts[1], seen) }),
  TermLength: (maker, { parts, comparison, amount, unit }, seen) => ({
    first: maker.part(parts[0], seen),
    last: maker.part(parts[1], seen),
    comparison,
    amount,
    unit,
  }),
  Shift: (maker, node, seen) => ({ ...operand(maker, node, seen), amount: node.amount, unit: node.unit }),
  Sum: signed("terms"),
  Product: signed("factors"),
  Extreme: (maker, { parts, largest }, seen) => ({
    largest,
    operands: parts.map((part) => maker.part(part, seen)),
  }),
  ByReading: (maker, { reading, parts, options }, seen) => {
    const used = maker.reading(reading);
    return { reading: used, operand: maker.part(parts[options.indexOf(used.option)], seen) };
  },
};

/** The direct parts of a step. */
export function partsOf(step) {
  switch (step.kind) {
    case "Literal":
    case "FactRef":
    case "ParameterRef":
    case "Given":
    case "Unassessed":
      return [];
    case "ConceptRef":
      return [step.body];
    case "Lookup":
      return step.keys;
    case "InTable":
    case "Not":
    case "OneOf":
    case "InTerm":
    case "Shift":
    case "ByReading":
      return [step.operand];
    case "All":
    case "Any":
    case "Extreme":
      return step.operands;
    case "Compare":
      return [step.left, step.right];
    case "TermLength":
      return [step.first, step.last];
    case "Within":
      return [step.operand, step.start];
    case "Age":
      return [step.birth, step.day];
    case "Sum":
      return step.terms.map(([, part]) => part);
    case "Product":
      return step.factors.map(([, part]) => part);
    default:
      throw new Error(step.kind);
  }
}

/** A step and everything in it. */
export const walk = (step) => [step, ...partsOf(step).flatMap(walk)];

/** The outermost steps of an item, in the order in which they were taken. */
export const stepsOf = (item) => [
  ...(item.applies === null ? [] : [item.applies]),
  ...item.pending.map((gate) => gate.condition),
  ...(item.governing === null ? [] : [item.governing]),
  ...item.conditions.map((used) => used.condition),
  ...item.cases.flatMap((used) => [...used.conditions.map((one) => one.condition), used.amount]),
  ...(item.amount === null ? [] : item.amount.uplifts.flatMap((uplift) => [uplift.condition, uplift.rate])),
];
