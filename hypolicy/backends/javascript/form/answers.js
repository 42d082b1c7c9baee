// What has been answered: records that are being filled in, and their way into the fragment of the address and back.
//
// Records of one person only: what tells the records and the holders apart is filled in here and never asked, unless
// a rule itself wants to know it.

import { UNANSWERED, isoDay, isoText } from "../runtime/records.js";
import { exact, exactText } from "../runtime/numbers.js";

const MARK = "#calc=";
const FORM = 1;
const HOLDER = "本人";

/** The facts that are filled in and not asked, with what they are: a function of the record's number. */
function filledIn(rules, kind) {
  const readers = rules.nodes.filter(({ kind: node }) => node === "FactRef" || node === "Given");
  const read = new Set(
    readers.filter(({ record }) => rules.records[record] === kind).map((node) => node.fact),
  );
  const out = new Map();
  const holders = rules.ledger !== null && rules.ledger.record === kind.name ? rules.ledger.holders : [];
  for (const { fact } of holders) {
    const text = ["text", "identifier"].includes(rules.types[kind.facts[fact].type].kind);
    if (text && !read.has(fact)) out.set(fact, () => HOLDER);
  }
  out.set(kind.key, (number) => String(number));
  return out;
}

/** The records of one person, as far as they are filled in. */
export class Answers {
  constructor(rules, kind) {
    this.rules = rules;
    this.kind = kind;
    this.filledIn = filledIn(rules, kind);
    this.records = [];
    this.add();
  }

  add(like = []) {
    this.records.push(this.kind.facts.map((_, fact) => like[fact]));
    this.#number();
  }

  remove(place) {
    this.records.splice(place, 1);
    this.#number();
  }

  #number() {
    this.records.forEach((record, place) => {
      for (const [fact, value] of this.filledIn) record[fact] = value(place + 1);
    });
  }

  typeOf(fact) {
    return this.rules.types[this.kind.facts[fact].type];
  }

  /** The facts of a record that were answered, in their order. */
  answered(record) {
    return this.kind.facts
      .map((_, fact) => fact)
      .filter((fact) => record[fact] !== UNANSWERED && !this.filledIn.has(fact));
  }

  // --- as data: by the names of the facts, so that other versions of the rules can take what they still know

  toData() {
    return this.records.map((record) =>
      this.answered(record).map((fact) => [this.kind.facts[fact].name, encoded(this.typeOf(fact), record[fact])]),
    );
  }

  /** Takes records from data; gives the names of the answers that these rules have no use for. */
  take(data) {
    const lost = new Set();
    const places = new Map(this.kind.facts.map(({ name }, fact) => [name, fact]));
    this.records = [];
    for (const answers of data) {
      const record = [];
      for (const [name, value] of answers) {
        const fact = places.get(name);
        const taken = fact === undefined ? UNANSWERED : this.#decoded(fact, value);
        if (taken === UNANSWERED) lost.add(name);
        else record[fact] = taken;
      }
      this.add(record);
    }
    if (this.records.length === 0) this.add();
    return [...lost];
  }

  #decoded(fact, value) {
    if (value === null) return this.kind.facts[fact].optional ? null : UNANSWERED;
    const type = this.typeOf(fact);
    switch (type.kind) {
      case "bool":
        return typeof value === "boolean" ? value : UNANSWERED;
      case "enum":
        return type.labels.includes(value) ? value : UNANSWERED;
      case "date":
        return /^\d{4}-\d\d-\d\d$/.test(value) && isoText(isoDay(value)) === value ? isoDay(value) : UNANSWERED;
      case "number":
        return /^\d{1,18}(\/[1-9]\d{0,3})?$/.test(value) ? exact(value) : UNANSWERED;
      default:
        return typeof value === "string" ? value : UNANSWERED;
    }
  }
}

function encoded(type, value) {
  if (value === null) return null;
  if (type.kind === "date") return isoText(value);
  return type.kind === "number" ? exactText(value) : value;
}

// --- the fragment --------------------------------------------------------------------------------------------------

/** The state as a fragment: the version of its form, that of the rules, and the answers. */
export function toFragment(version, records, readings) {
  const bytes = new TextEncoder().encode(JSON.stringify([records, readings]));
  const text = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${MARK}${FORM}.${version}.${text}`;
}

/** What a fragment says: the version of the rules, the records and the readings; null where it is none of ours. */
export function fromFragment(fragment) {
  const found = /^#calc=1\.([^.]*)\.([\w-]+)$/.exec(fragment);
  if (found === null) return null;
  try {
    const text = atob(found[2].replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (character) => character.codePointAt(0));
    const [records, readings] = JSON.parse(new TextDecoder().decode(bytes));
    const sound = [records, readings].every(Array.isArray) && records.every(Array.isArray);
    return sound ? { version: found[1], records, readings } : null;
  } catch {
    return null;
  }
}

export const isOurs = (fragment) => fragment.startsWith(MARK);
