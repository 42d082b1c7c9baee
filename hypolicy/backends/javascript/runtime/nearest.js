// What would have to be otherwise: the fewest facts whose change turns a 不予 into a 准予, before the ledger.
//
// The search is exact among the candidate values: whatever set of changes qualifies has to touch each condition that
// fails, so it is enough to take one failing condition after another and to try the facts in it. One changed fact is
// tried before two, and two before three. Work is bounded by a count, not by a clock, so that the answer is always
// the same. A way is a list of changes, {fact, value, key}, in the order of the facts.

import { Candidates, chosenFacts, distance, everyFact, expressionsOf, lastAlike } from "./candidates.js";
import { itemAssessor } from "./editions.js";
import { Absence, attempt, isAbsent, MissingFact } from "./failures.js";
import { Status } from "./outcome.js";
import { isGiven } from "./records.js";
import { hasVersions } from "./steps.js";
import { keyOf, rowOrder, textOrder } from "./texts.js";
import { WORDS } from "./words.js";

/** The count of tries is used up. */
class TriedEnough {}

/** The search for one benefit under one choice of settings. */
export class NearestFinder {
  constructor(chosen, benefit, kind, functions) {
    this.chosen = chosen;
    this.rules = chosen.rules;
    this.benefit = benefit;
    this.kind = kind;
    this.functions = functions;
    this.candidates = new Candidates(chosen, benefit, kind, functions);
    const current = chosen.rules.benefits.find(({ name }) => name === benefit.name);
    this.assessor = itemAssessor(chosen, current, benefit, functions);
    this.governing = benefit.governing === null ? null : functions.of(benefit.governing);
    this.valid = kind.validations.map((one) => functions.of(one.condition));
    const common = [
      ...benefit.pending.map((gate) => this.#requirement(gate.condition, false)),
      ...(benefit.applies === null ? [] : [this.#requirement(benefit.applies)]),
      ...benefit.conditions.map((condition) => this.#requirement(condition.expr)),
    ];
    const valid = kind.validations.map((one) => this.#requirement(one.condition));
    this.targets = benefit.cases.map((one) => [
      ...common,
      ...one.conditions.map((condition) => this.#requirement(condition.expr)),
      this.#amount(one.amount),
      ...valid,
    ]);
    this.facts = new Set([
      ...expressionsOf(benefit).flatMap((one) => [...everyFact(this.rules, one)]),
      ...kind.validations.flatMap((one) => [...chosenFacts(chosen, one.condition)]),
    ]);
  }

  /** The ways to 准予 that change the fewest facts of a record that is 不予. */
  find(record) {
    return new Search(this, record).run();
  }

  /** Something that must come out as wanted, and the facts that can make it do so. */
  #requirement(number, wanted = true) {
    return { test: this.functions.of(number), wanted, facts: this.#factsOf(number) };
  }

  #amount(number) {
    const worth = this.functions.of(number);
    return { test: (r, d) => worth(r, d).n > 0n, wanted: true, facts: this.#factsOf(number) };
  }

  /** The facts that can change what a node gives, through the governing date too. */
  #factsOf(number) {
    const { governing } = this.benefit;
    const own = chosenFacts(this.chosen, number);
    if (governing === null || !hasVersions(this.rules, number)) return own;
    return new Set([...own, ...chosenFacts(this.chosen, governing)]);
  }

  /** The governing date of a record, so far as it can be told. */
  day(record) {
    if (this.governing === null) return null;
    const day = attempt(() => this.governing(record, null));
    return isAbsent(day) ? null : day;
  }

  /** Whether a record is a sound one, as far as it tells, and 准予 before the ledger. */
  judge(record) {
    return this.valid.every((holds) => mayHold(holds, record)) && this.assessor.assess(record).status === Status.GRANTED;
  }
}

function mayHold(validation, record) {
  try {
    return validation(record, null);
  } catch (error) {
    if (error instanceof MissingFact) return true;
    throw error;
  }
}

const fails = ({ test, wanted }, record, day) => attempt(() => test(record, day)) !== wanted;

const wayKey = (way) => way.map((change) => change.key).join();

const changeOf = (fact, value, key = keyOf([value])) => ({ fact, value, key: `${fact}=${key}` });

/** One search. Ways that qualify are kept in `found`. */
class Search {
  constructor(finder, record) {
    this.finder = finder;
    this.record = record;
    this.tries = 0;
    this.found = new Map();
    this.seen = new Set();
    this.judged = new Map();
  }

  run() {
    let complete = true;
    try {
      for (let depth = 1; depth <= WORDS.limits.changedFacts && this.found.size === 0; depth += 1) {
        this.finder.targets.forEach((_, target) => this.#extend([...this.record], [], depth, target));
      }
    } catch (error) {
      if (!(error instanceof TriedEnough)) throw error;
      complete = false;
    }
    const personal = [...this.finder.facts].some((fact) => this.finder.kind.facts[fact].personal);
    return { ways: this.#ways(), most: WORDS.limits.changedFacts, complete, personal };
  }

  /** Change at most so many facts more. */
  #extend(record, unsorted, left, target) {
    const way = [...unsorted].sort((a, b) => a.fact - b.fact);
    const state = `${target} ${left} ${wayKey(way)}`;
    if (this.seen.has(state)) return;
    this.seen.add(state);
    if (left === 0) {
      if (this.#qualifies(way)) this.found.set(wayKey(way), way);
      return;
    }
    const { candidates, facts, targets } = this.finder;
    const day = this.finder.day(record);
    const changed = new Set(way.map((change) => change.fact));
    const unchanged = (names) => new Set([...names].filter((fact) => !changed.has(fact)));
    let failing = targets[target].filter((one) => fails(one, record, day)).map((one) => unchanged(one.facts));
    if (failing.length === 0) {
      if (way.length > 0 && this.#qualifies(way)) {
        this.found.set(wayKey(way), way);
        return;
      }
      failing = [unchanged(facts)];
    }
    for (const fact of this.#choices(failing, left)) {
      for (const [key, value] of candidates.others(fact, record, day)) {
        const before = record[fact];
        record[fact] = value;
        this.#extend(record, [...way, changeOf(fact, value, key)], left - 1, target);
        record[fact] = before;
      }
    }
  }

  /** The facts of one failing condition, few; where only one change is left it must serve all of them. */
  #choices(failing, left) {
    let chosen;
    if (left === 1) {
      chosen = [...failing[0]].filter((fact) => failing.every((facts) => facts.has(fact)));
    } else if (leastChanges(failing) > left) {
      return [];
    } else {
      const weighed = failing.map((facts) => ({ facts, weight: this.#weight(facts) }));
      chosen = [...weighed.reduce((a, b) => (rowOrder(b.weight, a.weight) < 0 ? b : a)).facts];
    }
    return chosen.sort((a, b) => a - b);
  }

  #weight(facts) {
    const names = [...facts].map((fact) => this.finder.kind.facts[fact].name).sort(textOrder);
    return [[...facts].reduce((sum, fact) => sum + this.finder.candidates.weight(fact), 0), names];
  }

  /** Whether the record so changed is a sound one, and 准予 before the ledger. */
  #qualifies(way) {
    const key = wayKey(way);
    if (!this.judged.has(key)) {
      this.tries += 1;
      if (this.tries > WORDS.limits.tries) throw new TriedEnough();
      this.judged.set(key, this.finder.judge(this.#changed(way)));
    }
    return this.judged.get(key);
  }

  #changed(way) {
    const record = [...this.record];
    for (const { fact, value } of way) record[fact] = value;
    return record;
  }

  // --- ways

  /** What was found, by the facts that change: the smallest change of each, with what would do instead. */
  #ways() {
    const least = new Map([...this.found.values()].map((way) => this.#reduced(way)).map((way) => [wayKey(way), way]));
    const fewest = Math.min(...[...least.values()].map((way) => way.length));
    const groups = new Map();
    for (const way of least.values()) {
      if (way.length !== fewest) continue;
      const key = keyOf(way.map((change) => change.fact));
      groups.set(key, [...(groups.get(key) ?? []), way]);
    }
    const sorted = [...groups.values()].map((ways) => this.#bySize(ways)).sort(bySize);
    return sorted
      .slice(0, WORDS.limits.ways)
      .map((ways) => ways.map(({ way }) => way))
      .map((ways) => ways[0].map((_, place) => this.#change(ways[0], place, ways)));
  }

  #bySize(ways) {
    return ways.map((way) => ({ way, size: this.#size(way) })).sort((a, b) => rowOrder(a.size, b.size));
  }

  /** The smallest part of a way that qualifies already. */
  #reduced(way) {
    for (let count = 1; count < way.length; count += 1) {
      const part = combinations(way, count).find((one) => this.finder.judge(this.#changed(one)));
      if (part !== undefined) return part;
    }
    return way;
  }

  /** How large the changes are together; where that is alike, which facts they are of, and their values. */
  #size(way) {
    const types = way.map(({ fact }) => this.finder.candidates.typeOf(fact));
    const sum = way.reduce((size, { fact, value }, i) => size + distance(types[i], this.record[fact], value), 0n);
    const ranks = way.map(({ value }, i) =>
      types[i].kind === "enum" && value !== null ? types[i].labels.indexOf(value) : 0,
    );
    const given = way.map(({ value }) => (value === null ? [false] : [true, value]));
    return [sum, way.map(({ fact }) => fact), ranks, given];
  }

  /** One change of the best way: also the other values that would do, the other changes being the same. */
  #change(best, place, ways) {
    const { fact, value } = best[place];
    const { candidates, kind } = this.finder;
    const type = candidates.typeOf(fact);
    const rest = (way) => wayKey(way.filter((_, i) => i !== place));
    let options = ways.filter((way) => rest(way) === rest(best)).map((way) => way[place].value);
    let [least, most] = [null, null];
    if ((type.kind === "date" || type.kind === "number") && value !== null) {
      if (!candidates.telling.has(fact)) [least, most] = this.#span(best, place, type);
      options = options.filter((option) => option === null || keyOf([option]) === keyOf([value]));
    }
    const { table, outside } = candidates.tableOf(fact, options.filter((option) => option !== null));
    return {
      name: kind.facts[fact].name,
      type,
      before: told(this.record[fact]),
      options: options.map(told),
      least: told(least),
      most: told(most),
      table,
      outside,
    };
  }

  /** From where to where one value may lie, the other changes being the same. */
  #span(best, place, type) {
    const { fact, value } = best[place];
    const alike = (other) => {
      const way = best.map((change, i) => (i === place ? { fact, value: other } : change));
      return this.finder.judge(this.#changed(way));
    };
    return [lastAlike(alike, value, -1, type), lastAlike(alike, value, 1, type)];
  }
}

const told = (value) => (isGiven(value) ? value : Absence.NOT_GIVEN);

/** Groups of ways by the size of their first. */
const bySize = ([a], [b]) => rowOrder(a.size, b.size);

/** At least so many facts must change, since these conditions share none. */
function leastChanges(failing) {
  const taken = new Set();
  let count = 0;
  for (const facts of [...failing].sort((a, b) => a.size - b.size)) {
    if ([...facts].some((fact) => taken.has(fact))) continue;
    count += 1;
    facts.forEach((fact) => taken.add(fact));
  }
  return count;
}

/** Every choice of so many of a list, in the order of the list. */
function combinations(list, count) {
  if (count === 0) return [[]];
  return list.flatMap((one, i) => combinations(list.slice(i + 1), count - 1).map((rest) => [one, ...rest]));
}
