// Under one choice of settings, the functions of the rules: the meaning is the generated code's, and what is decided
// here is where facts, parameters and tables come from, and whether it is noted what was asked.

import { UNANSWERED, isGiven } from "./records.js";
import { Absence, MissingDay, MissingFact, MissingRow, absenceOf, attempt, lacksFact, say } from "./failures.js";
import { ONE, exact, plus, times } from "./numbers.js";
import { keyOf, once } from "./texts.js";

// --- what a choice of settings makes of the rules ------------------------------------------------------------------

/** The rules under one choice of readings, values and tables. */
export class Chosen {
  constructor(rules, settings = { readings: [], parameters: [], tables: [] }) {
    this.rules = rules;
    this.readings = new Map(settings.readings);
    this.parameters = new Map(settings.parameters.map(([name, value]) => [name, exact(value)]));
    this.replaced = new Map(settings.tables);
    this.tables = rules.tables.map((table) => this.#table(table));
  }

  /** The option chosen; the default where this edition of the reading has none of that name. */
  option(reading) {
    const chosen = this.readings.get(reading.name);
    return reading.options.includes(chosen) ? chosen : reading.default;
  }

  /** The policy and its earlier editions, the latest first: what each grants and limits. */
  get stages() {
    return [this.rules, ...this.rules.earlier];
  }

  /** An item as the edition that decided has it: `edition` as of a decision. */
  deciding(item, edition) {
    return benefitNamed(this.stages[edition], item) ?? this.rules.benefits.find(({ name }) => name === item);
  }

  /** What something that may depend on a reading comes to. */
  of(choice) {
    if (choice === null || choice.options === undefined) return choice;
    const option = this.option(this.rules.readings[choice.reading]);
    return choice.options.find(([name]) => name === option)[1];
  }

  type(place) {
    return this.rules.types[place];
  }

  decoded(type, value) {
    return this.type(type).kind === "number" ? exact(value) : value;
  }

  #table(table) {
    const uplifts = table.uplifts.map((uplift) => ({ ...uplift, rate: exact(uplift.rate) }));
    const row = ([keys, written]) => {
      const cells = written.map((cell, column) => this.decoded(table.columns[column].type, cell));
      return [keyOf(keys), { keys, cells, values: cells.map((_, column) => this.#raised(table, cells, column, uplifts)) }];
    };
    const replaced = this.replaced.has(table.name);
    const versions = (replaced ? this.replaced.get(table.name) : table.versions).map((version) => ({
      ...version,
      rows: new Map(version.rows.map(row)),
    }));
    return { ...table, uplifts, versions, replaced, keyLists: [] };
  }

  /** A cell with those uplifts of the table that the row calls for. */
  #raised(table, cells, column, uplifts) {
    const due = this.#due(table, cells, column, uplifts);
    return due.reduce((value, uplift) => times(value, plus(ONE, uplift.rate)), cells[column]);
  }

  #due(table, cells, column, uplifts) {
    const type = this.type(table.columns[column].type);
    if (type.kind !== "number" || type.whole) return [];
    return uplifts.filter((uplift) => cells[uplift.column] === uplift.equals);
  }

  /** The uplifts of a table that make a cell of a row other than it is written. */
  upliftsOf(table, row, column) {
    if (row.cells[column].n === 0n) return [];
    return this.#due(table, row.cells, column, table.uplifts)
      .filter((uplift) => uplift.rate.n !== 0n)
      .map((uplift) => ({
        rate: uplift.rate,
        column: table.columns[uplift.column].name,
        equals: uplift.equals,
        type: this.type(table.columns[uplift.column].type),
        clause: uplift.clause,
      }));
  }

  /** The version of a table or a parameter that is in force on a day; MissingDay where that cannot be told. */
  version(dated, day) {
    const { versions } = dated;
    if (versions.length === 1) return versions[0];
    if (day === null) throw new MissingDay();
    let last = versions.length - 1;
    while (last > 0 && versions[last].period[0] > day) last -= 1;
    return versions[last];
  }

  /** The keys that a table has in one place, in any version, each once. */
  keysOf(table, place) {
    table.keyLists[place] ??= once(
      table.versions.flatMap((version) => [...version.rows.values()].map((row) => row.keys[place])),
    );
    return table.keyLists[place];
  }
}

/** A benefit that is part of an edition. */
export const benefitNamed = (stage, item) => stage.benefits.find(({ name, repealed }) => name === item && !repealed);

// --- functions -----------------------------------------------------------------------------------------------------

/** One asking of one node: what it gave, on which governing date, and what it asked in turn. */
class Observation {
  constructor(node, day) {
    this.node = node;
    this.day = day;
    this.value = Absence.NOT_ASSESSED;
    this.inner = [];
  }
}

/**
 * All functions of the rules, by number: each takes a record and the governing date, and gives a value.
 *
 * Facts may be missing: whatever needs one that is not given has no value. `observed`: each call is noted in `noted`.
 */
export class Functions {
  constructor(chosen, { observed = false } = {}) {
    this.noted = [];
    const { rules } = chosen;
    const makers = {
      node: observed ? (node, meaning) => this.#observed(node, meaning) : (node, meaning) => meaning,
      fact: (record, place) => {
        const { name } = rules.records[record].facts[place];
        const missing = lacksFact(name);
        return (r) => {
          if (!isGiven(r[place])) throw missing;
          return r[place];
        };
      },
      given: (record, place) => {
        const { name } = rules.records[record].facts[place];
        const missing = lacksFact(name);
        return (r) => {
          if (r[place] === UNANSWERED) throw missing;
          return r[place] !== null;
        };
      },
      parameter: (place) => parameterFunction(chosen, rules.parameters[place]),
      lookup: (place, column, keys) => lookupFunction(chosen, chosen.tables[place], column, keys),
      inTable: (place, key, value) => inTableFunction(chosen, chosen.tables[place], key, value),
      byReading: (reading, options, functions) =>
        functions[options.indexOf(chosen.option(rules.readings[reading]))],
      rank: (type, label) => rules.types[type].labels.indexOf(label),
    };
    this.functions = rules.functions(makers);
  }

  of(node) {
    return this.functions[node];
  }

  #observed(node, meaning) {
    return (r, d) => {
      const observation = new Observation(node, d);
      const outer = this.noted;
      outer.push(observation);
      this.noted = observation.inner;
      try {
        observation.value = meaning(r, d);
        return observation.value;
      } catch (error) {
        observation.value = absenceOf(error) ?? Absence.NOT_ASSESSED;
        throw error;
      } finally {
        this.noted = outer;
      }
    };
  }

  /** What is noted while something runs, even if it cannot finish. */
  watch(run) {
    const outer = this.noted;
    this.noted = [];
    try {
      attempt(run);
      return this.noted;
    } finally {
      this.noted = outer;
    }
  }
}

function parameterFunction(chosen, parameter) {
  if (chosen.parameters.has(parameter.name)) {
    const fixed = chosen.parameters.get(parameter.name);
    return () => fixed;
  }
  if (parameter.versions.length === 0) {
    const words = say("NOT_FIXED", { parameter: parameter.name, authority: parameter.authority });
    return () => {
      throw new MissingFact(words, Absence.NOT_FIXED);
    };
  }
  const values = new Map(parameter.versions.map((version) => [version, exact(version.value)]));
  return (r, d) => values.get(chosen.version(parameter, d));
}

function lookupFunction(chosen, table, column, keys) {
  return (r, d) => {
    const asked = keys.map((key) => key(r, d));
    const row = chosen.version(table, d).rows.get(keyOf(asked));
    if (row === undefined) throw new MissingRow(table.name, asked);
    return row.values[column];
  };
}

function inTableFunction(chosen, table, key, value) {
  const present = new Map(
    table.versions.map((version) => [
      version,
      new Set([...version.rows.values()].map((row) => row.keys[key])),
    ]),
  );
  return (r, d) => {
    const asked = value(r, d);
    return present.get(chosen.version(table, d)).has(asked);
  };
}
