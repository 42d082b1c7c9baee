// Why something has no value: what is missing, and the words for it.

import { ByZero } from "./numbers.js";
import { fill } from "./texts.js";
import { WORDS } from "./words.js";

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

export const lacksFact = (name) => new MissingFact(say("LACKS_FACT", { fact: name }), Absence.NOT_GIVEN);

/** Which version is in force cannot be told, because a fact that tells the governing date is not given. */
export class MissingDay extends MissingFact {
  constructor() {
    super(say("LACKS_FACT", { fact: "适用日" }), Absence.NOT_GIVEN);
  }
}

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
