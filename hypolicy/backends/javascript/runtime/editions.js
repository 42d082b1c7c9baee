// An item that amendments have changed: which edition decides a record, and what the more favourable one is.

import { Assessor, pendingReason } from "./assess.js";
import { benefitNamed } from "./compile.js";
import { MissingFact } from "./failures.js";
import { NOT_APPLICABLE, Status, waiting } from "./outcome.js";

/** The assessment of an item before the ledger, whichever edition of it decides. */
export function itemAssessor(chosen, { name, editions }, benefit, functions) {
  return editions.length === 0 ? new Assessor(chosen, benefit, functions) : new EditionsAssessor(chosen, name, editions, functions);
}

/** An item with several editions, the latest first. */
class EditionsAssessor {
  constructor(chosen, item, editions, functions) {
    const benefits = editions.map(({ back }) => benefitNamed(chosen.stages[back], item));
    this.clause = benefits.find((benefit) => benefit !== undefined).clause;
    this.stages = editions.map((edition, place) => ({
      ...edition,
      assessor: benefits[place] === undefined ? null : new Assessor(chosen, benefits[place], functions),
      governingDay: dayFunction(chosen.rules, edition.governing, functions, true),
      beganDay: dayFunction(chosen.rules, edition.began, functions, false),
    }));
  }

  assess(record) {
    let stages;
    try {
      stages = this.#openTo(record);
    } catch (error) {
      if (!(error instanceof MissingFact)) throw error;
      return waiting(pendingReason(error, this.clause));
    }
    const decisions = stages.map(({ assessor, back }) => ({
      ...(assessor === null ? NOT_APPLICABLE : assessor.assess(record)),
      edition: back,
    }));
    if (decisions.length === 1) return decisions[0];
    // Nothing can be called more favourable than what is not known.
    const pending = decisions.find((one) => one.status === Status.PENDING);
    const best = pending ?? decisions.reduce((a, b) => (b.fen > a.fen ? b : a));
    return { ...best, others: decisions.filter((one) => one !== best) };
  }

  /** The editions that a record falls under, the latest first; several where the more favourable one decides. */
  #openTo(record) {
    const open = [];
    for (const stage of this.stages.slice(0, -1)) {
      const governed = stage.governingDay(record);
      if (governed !== null && governed < stage.day) continue;
      const began = stage.beganDay(record);
      if (stage.transition === "NEW" || began === null || began >= stage.day) return [...open, stage];
      if (stage.transition === "BETTER") open.push(stage);
    }
    return [...open, this.stages[this.stages.length - 1]];
  }
}

/**
 * A date of the record; null where no fact gives it, though a fact that every record has is then missing.
 *
 * With `every` that too is null: what needs the date will say that it is missing.
 */
function dayFunction(rules, node, functions, every) {
  if (node === null) return () => null;
  const mayLack = every || factsUnder(rules, node).every(({ optional }) => optional);
  return (record) => {
    try {
      return functions.of(node)(record, null);
    } catch (error) {
      if (mayLack && error instanceof MissingFact) return null;
      throw error;
    }
  };
}

function factsUnder(rules, number) {
  const { kind, record, fact, parts } = rules.nodes[number];
  const own = kind === "FactRef" || kind === "Given" ? [rules.records[record].facts[fact]] : [];
  return [...own, ...parts.flatMap((part) => factsUnder(rules, part))];
}
