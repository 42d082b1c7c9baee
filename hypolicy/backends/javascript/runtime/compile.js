// Under one choice of settings, the functions of the rules: the meaning is the generated code's, and what is decided
// here is where facts, parameters and tables come from, and whether it is noted what was asked.

import { WORDS } from "./words.js";
import { ONE, ByZero, exact, plus, times } from "./numbers.js";
import { fill } from "./texts.js";

export const Absence = Object.fromEntries(
  Object.entries(WORDS.absences).map(([name, words]) => [name, Object.freeze({ absent: name, words })]),
);

export const isAbsent = (value) => typeof value === "object" && value !== null && "absent" in value;

export const say = (sentence, parts = {}) => fill(WORDS.sentences[sentence], parts);

/** A table has no row with these keys: the case that asks is denied. */
export class MissingRow {
  constructor(table, keys) {
    this.table = table;
    this.keys = keys;
  }
}

/** A fact that a rule needs is not given, or a parameter is not fixed: the item is pending. */
export class MissingFact {
  constructor(words, absence) {
    this.words = words;
    this.absence = absence;
  }
}

const missingFact = (name) => new MissingFact(say("LACKS_FACT", { fact: name }), Absence.NOT_GIVEN);

/** How an expression may have no value, and what is then said of it; null for a fault of our own. */
export function absenceOf(error) {
  if (error instanceof MissingRow) return Absence.NO_ROW;
  if (error instanceof MissingFact) return error.absence;
  return error instanceof ByZero ? Absence.BY_ZERO : null;
}

/** What a function gives, or why it gives nothing. */
export function attempt(run) {
  try {
    return run();
  } catch (error) {
    const absence = absenceOf(error);
    if (absence === null) throw error;
    return absence;
  }
}

// --- what a choice of settings makes of the rules ------------------------------------------------------------------

/** The rules under one choice of readings, values and tables. */
export class Chosen {
  constructor(rules, settings = { readings: [], parameters: [], tables: [] }) {
    this.rules = rules;
    this.readings = new Map(settings.readings);
    this.parameters = new Map(settings.parameters.map(([name, value]) => [name, exact(value)]));
    this.replaced = new Map(settings.tables);
    this.tables = rules.tables.map((table) => this.#table(table));
    this.benefits = new Map(rules.benefits.map((benefit, place) => [benefit.name, place]));
  }

  option(reading) {
    return this.readings.get(reading.name) ?? reading.default;
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
      return [rowKey(keys), { keys, cells, values: cells.map((_, column) => this.#raised(table, cells, column, uplifts)) }];
    };
    const replaced = this.replaced.has(table.name);
    const versions = (replaced ? this.replaced.get(table.name) : table.versions).map((version) => ({
      ...version,
      rows: new Map(version.rows.map(row)),
    }));
    return { ...table, uplifts, versions, replaced };
  }

  /** A cell with those uplifts of the table that the row calls for. */
  #raised(table, cells, column, uplifts) {
    const type = this.type(table.columns[column].type);
    if (type.kind !== "number" || type.whole) return cells[column];
    const due = uplifts.filter((uplift) => cells[uplift.column] === uplift.equals);
    return due.reduce((value, uplift) => times(value, plus(ONE, uplift.rate)), cells[column]);
  }

  /** The version of a table or a parameter that is in force on a day. */
  version(dated, day) {
    const { versions } = dated;
    if (versions.length === 1) return versions[0];
    let last = versions.length - 1;
    while (last > 0 && versions[last].period[0] > day) last -= 1;
    return versions[last];
  }

  /** All keys that a table has in one place, in any version. */
  keysOf(table, place) {
    return table.versions.flatMap((version) => [...version.rows.values()].map((row) => row.keys[place]));
  }
}

export const rowKey = (keys) => JSON.stringify(keys);

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
 * `strict`: every fact that is asked must be given, optional or not, as one who asks out of turn needs.
 * `observed`: each call is noted in `noted`.
 */
export class Functions {
  constructor(chosen, { strict = false, observed = false } = {}) {
    this.noted = [];
    const { rules } = chosen;
    const factOf = (record, place) => rules.records[record].facts[place];
    const makers = {
      node: observed ? (node, meaning) => this.#observed(node, meaning) : (node, meaning) => meaning,
      fact: (record, place) => {
        const { name, optional } = factOf(record, place);
        if (optional && !strict) return (r) => r[place];
        return (r) => {
          if (r[place] === null) throw missingFact(name);
          return r[place];
        };
      },
      given: (record, place) => (r) => r[place] !== null,
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
        const value = meaning(r, d);
        // A fact that is not given has no value, even where nobody minds.
        observation.value = value === null ? Absence.NOT_GIVEN : value;
        return value;
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
    const row = chosen.version(table, d).rows.get(rowKey(asked));
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
  return (r, d) => present.get(chosen.version(table, d)).has(value(r, d));
}
