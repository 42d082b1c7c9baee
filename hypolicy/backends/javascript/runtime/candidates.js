// The values that a fact might have instead: those just across an edge of the rules.
//
// A label, a truth or a text of a table is simply another one. A day or a number has too many others; what matters of
// them are the values at which some comparison of the rules turns over, and these are found by asking the comparison
// itself, so that whatever is added, shifted or multiplied in it needs no inverse.

import { FIRST_DAY, LAST_DAY, shifted, termLength } from "./calendar.js";
import { attempt, isAbsent, say } from "./failures.js";
import { ZERO, difference, magnitude, minus, plus, rational } from "./numbers.js";
import { COMPARISONS } from "./operators.js";
import { isGiven } from "./records.js";
import { hasVersions } from "./steps.js";
import { keyOf } from "./texts.js";
import { WORDS } from "./words.js";

const BOTH_WAYS = ["AT_LEAST", "AT_MOST"];
const isEquality = (comparison) => comparison === "EQUAL" || comparison === "UNEQUAL";

/** A node and everything in it, of each reading only the option that is chosen. */
export function chosenWalk(chosen, number) {
  const node = chosen.rules.nodes[number];
  if (node.kind === "ByReading") {
    const option = chosen.option(chosen.rules.readings[node.reading]);
    return [number, ...chosenWalk(chosen, node.parts[node.options.indexOf(option)])];
  }
  return [number, ...node.parts.flatMap((part) => chosenWalk(chosen, part))];
}

const factsOf = (rules, numbers) =>
  new Set(
    numbers
      .map((number) => rules.nodes[number])
      .filter(({ kind }) => kind === "FactRef" || kind === "Given")
      .map((node) => node.fact),
  );

/** The facts that a node reads under the readings chosen. */
export const chosenFacts = (chosen, number) => factsOf(chosen.rules, chosenWalk(chosen, number));

/** The facts that a node reads under any reading. */
export function everyFact(rules, number) {
  const found = [];
  const seen = new Set();
  const visit = (one) => {
    if (seen.has(one)) return;
    seen.add(one);
    found.push(one);
    rules.nodes[one].parts.forEach(visit);
  };
  visit(number);
  return factsOf(rules, found);
}

/** Every expression of a benefit. */
export const expressionsOf = (benefit) =>
  [
    benefit.applies,
    ...benefit.pending.map((gate) => gate.condition),
    ...benefit.conditions.map((condition) => condition.expr),
    ...benefit.cases.flatMap((one) => [...one.conditions.map((condition) => condition.expr), one.amount]),
    ...benefit.uplifts.flatMap((uplift) => [uplift.rate, uplift.condition]),
    benefit.governing,
  ].filter((number) => number !== null);

/** Other values of the facts of a benefit. `telling` are facts whose limits would tell a personal one. */
export class Candidates {
  constructor(chosen, benefit, kind, functions) {
    this.chosen = chosen;
    this.rules = chosen.rules;
    this.kind = kind;
    this.functions = functions;
    this.telling = new Set();
    this.edges = kind.facts.map(() => []);
    this.texts = kind.facts.map(() => []);
    this.tables = kind.facts.map(() => []);
    const expressions = [...expressionsOf(benefit), ...kind.validations.map((one) => one.condition)];
    for (const number of expressions.flatMap((one) => chosenWalk(chosen, one))) this.#learn(number);
    for (const { amount } of benefit.cases) {
      const worth = functions.of(amount);
      this.#edge([amount], (r, d) => difference(worth(r, d), ZERO) > 0);
    }
  }

  typeOf(fact) {
    return this.rules.types[this.kind.facts[fact].type];
  }

  // --- learning

  #learn(number) {
    const node = this.rules.nodes[number];
    const [first, second] = node.parts.map((part) => this.functions.of(part));
    switch (node.kind) {
      case "Compare":
        this.#learnCompared(node, first, second);
        break;
      case "InTerm": {
        const [start, end] = node.term;
        this.#edge(node.parts, (r, d) => first(r, d) >= start);
        if (end !== null) this.#edge(node.parts, (r, d) => first(r, d) <= end);
        break;
      }
      case "Within":
        this.#edge(node.parts, (r, d) => first(r, d) >= second(r, d));
        this.#edge(node.parts, (r, d) => first(r, d) <= shifted(second(r, d), node.amount, node.unit));
        break;
      case "TermLength":
        for (const one of isEquality(node.comparison) ? BOTH_WAYS : [node.comparison]) {
          const { amount, unit } = node;
          this.#edge(node.parts, (r, d) => termLength(one, amount, unit, first(r, d), second(r, d)));
        }
        break;
      case "InTable":
        this.#learnKey(node.parts[0], node.table, node.key);
        break;
      case "Lookup":
        node.parts.forEach((part, key) => this.#learnKey(part, node.table, key));
        break;
      default:
    }
  }

  #learnCompared({ comparison, parts }, left, right) {
    const nodes = parts.map((part) => this.rules.nodes[part]);
    if (["date", "number"].includes(this.rules.types[nodes[0].type].kind)) {
      for (const one of isEquality(comparison) ? BOTH_WAYS : [comparison]) {
        this.#edge(parts, (r, d) => COMPARISONS[one](left(r, d), right(r, d)));
      }
    }
    for (const [side, other] of [nodes, [...nodes].reverse()]) {
      if (side.kind === "FactRef" && other.kind === "Literal") this.texts[side.fact].push(other.value);
    }
  }

  #learnKey(part, table, key) {
    const node = this.rules.nodes[part];
    if (node.kind === "FactRef") this.tables[node.fact].push({ table: this.chosen.tables[table], key });
  }

  /** A test that turns over once as a fact of it rises, and whether the governing date matters to it. */
  #edge(parts, test) {
    const facts = new Set(parts.flatMap((part) => [...chosenFacts(this.chosen, part)]));
    if ([...facts].some((fact) => this.kind.facts[fact].personal)) {
      // Where such a test turns over would tell the personal fact.
      facts.forEach((fact) => this.telling.add(fact));
      return;
    }
    const dated = parts.some((part) => hasVersions(this.rules, part));
    facts.forEach((fact) => this.edges[fact].push({ test, dated }));
  }

  // --- values

  /** About how many other values a fact has. */
  weight(fact) {
    const type = this.typeOf(fact);
    switch (type.kind) {
      case "bool":
        return 1;
      case "enum":
        return type.labels.length;
      case "text":
        return this.tables[fact].reduce((sum, { table, key }) => sum + this.chosen.keysOf(table, key).length, 2);
      default:
        return 2 + 2 * this.edges[fact].length;
    }
  }

  /** Values instead of the present one, by their keys; null is not given. Personal facts are never touched. */
  others(fact, record, day) {
    const { personal, optional } = this.kind.facts[fact];
    if (personal) return new Map();
    const type = this.typeOf(fact);
    let found;
    switch (type.kind) {
      case "bool":
        found = [true, false];
        break;
      case "enum":
        found = [...type.labels];
        break;
      case "text":
        found = [...this.texts[fact], ...this.tables[fact].flatMap((one) => this.#otherTexts(one, fact))];
        break;
      case "date":
      case "number":
        found = this.#across(fact, record, day);
        break;
      default:
        return new Map();
    }
    if (optional) found.push(null);
    const distinct = new Map(found.map((value) => [keyOf([value]), value]));
    distinct.delete(keyOf([record[fact]]));
    return distinct;
  }

  #otherTexts({ table, key }, fact) {
    return [...this.chosen.keysOf(table, key), this.#outside(table, fact)];
  }

  /** A text that is no key of a table. */
  #outside(table, fact) {
    return say("OUTSIDE_KEY", { table: table.name, fact: this.kind.facts[fact].name });
  }

  /** The table whose keys these values are, or (`outside`) none of whose keys. */
  tableOf(fact, values) {
    if (this.typeOf(fact).kind === "text") {
      for (const { table, key } of this.tables[fact]) {
        const keys = new Set(this.chosen.keysOf(table, key));
        if (values.every((value) => keys.has(value))) return { table: table.name, outside: false };
        if (values.length === 1 && values[0] === this.#outside(table, fact)) {
          return { table: table.name, outside: true };
        }
      }
    }
    return { table: "", outside: false };
  }

  /** The values at which a comparison turns over, seen from the present one, or from those of other facts. */
  #across(fact, record, day) {
    const current = record[fact];
    const bases = isGiven(current) ? [current] : this.#bases(fact, record);
    const found = isGiven(current) ? [] : [...bases];
    const type = this.typeOf(fact);
    for (const { test, dated } of this.edges[fact]) {
      if (dated && day === null) continue;
      const varied = variedBy(test, fact, record, day);
      for (const base of bases) found.push(...turningPoints(varied, base, type));
    }
    return found;
  }

  /** Where to look from when a fact is not given. */
  #bases(fact, record) {
    if (this.typeOf(fact).kind === "number") return [ZERO];
    const days = record.filter((value, place) => isGiven(value) && this.typeOf(place).kind === "date");
    const [start] = this.rules.term;
    return [days.length > 0 ? Math.max(...days) : start, start];
  }
}

/** A test as a function of one fact; null where it cannot be asked. */
function variedBy(test, fact, record, day) {
  const row = [...record];
  return (value) => {
    row[fact] = value;
    const truth = attempt(() => test(row, day));
    return isAbsent(truth) ? null : truth;
  };
}

// --- searching along a line ----------------------------------------------------------------------------------------

const farthest = (type) => {
  if (type.kind === "date") return 2 ** 16;
  return type.whole ? WORDS.limits.count : WORDS.limits.moneyFen;
};

/** The nearest value above and below the base where a test gives otherwise than at the base. */
function turningPoints(test, base, type) {
  const atBase = test(base);
  if (atBase === null) return [];
  return [1, -1].flatMap((step) => {
    const last = lastAlike((value) => test(value) === atBase, base, step, type);
    return last === null ? [] : [moved(last, step, type)];
  });
}

/** The last value in a direction up to which a test holds as at the base; null where it holds without end. */
export function lastAlike(alike, base, step, type) {
  let near = 0;
  let far = 1;
  for (; far <= farthest(type); near = far, far *= 2) {
    const value = moved(base, step * far, type);
    if (value === null) return null;
    if (!alike(value)) break;
  }
  if (far > farthest(type)) return null;
  while (far - near > 1) {
    const middle = Math.trunc((near + far) / 2);
    const value = moved(base, step * middle, type);
    if (value !== null && alike(value)) near = middle;
    else far = middle;
  }
  return moved(base, step * near, type);
}

/** A day, a whole number or an amount so many days, ones or hundredths on; null beyond the ends. */
function moved(value, steps, type) {
  if (type.kind === "date") {
    const day = value + steps;
    return day >= FIRST_DAY && day <= LAST_DAY ? day : null;
  }
  const number = plus(value, rational(BigInt(steps), type.whole ? 1n : 100n));
  return number.n < 0n ? null : number;
}

/** How large a change is, so that the nearest can be told first. */
export function distance(type, before, after) {
  if (after === null) return 400n;
  if (type.kind === "date") return isGiven(before) ? BigInt(Math.abs(after - before)) : 30n;
  if (type.kind === "number") {
    const size = magnitude(minus(after, isGiven(before) ? before : ZERO));
    return size.n / size.d;
  }
  if (type.kind === "enum" && type.ordered && isGiven(before)) {
    return BigInt(30 * Math.abs(type.labels.indexOf(after) - type.labels.indexOf(before)));
  }
  return type.kind === "text" ? 90n : 30n;
}
