// An item that amendments have changed: which edition decides a record, and what the more favourable one is.

import { Assessor, pendingReason } from "./assess.js";
import { benefitNamed } from "./compile.js";
import { Absence, MissingFact } from "./failures.js";
import { NOT_APPLICABLE, Status, decision } from "./outcome.js";
import { isGiven } from "./records.js";

/** The assessment of an item before the ledger, whichever edition of it decides. */
export function itemAssessor(chosen, { name, editions }, benefit, functions) {
  return editions.length === 0 ? new Assessor(chosen, benefit, functions) : new EditionsAssessor(chosen, name, editions, functions);
}

/** An item with several editions, the latest first. */
export class EditionsAssessor {
  constructor(chosen, item, editions, functions) {
    const { rules } = chosen;
    const benefits = editions.map(({ back }) => benefitNamed(chosen.stages[back], item));
    this.clause = benefits.find((benefit) => benefit !== undefined).clause;
    this.stages = editions.map((edition, place) => ({
      ...edition,
      absent: benefits[place] === undefined,
      assessor: benefits[place] === undefined ? null : new Assessor(chosen, benefits[place], functions),
      governingDay: new DayOf(rules, edition.governing, functions),
      beganDay: new DayOf(rules, edition.began, functions),
    }));
  }

  /** The nodes of the dates that choose between the editions. */
  get dates() {
    return this.stages.flatMap(({ governing, began }) => [governing, began]).filter((node) => node !== null);
  }

  /** The benefits of the editions that decide a record, as far as they have the item; null where that is not known. */
  deciding(record) {
    const walked = this.#walked(record);
    if (walked instanceof MissingFact) return null;
    const chosen = walked.filter(({ fall }) => fall === "AFTER" || fall === "BOTH");
    return chosen.filter(({ stage }) => !stage.absent).map(({ stage }) => stage.assessor.benefit);
  }

  assess(record) {
    const walked = this.#walked(record);
    if (walked instanceof MissingFact) return this.#whateverDay(record, walked);
    const stages = walked.filter(({ fall }) => fall === "AFTER" || fall === "BOTH").map(({ stage }) => stage);
    const decisions = stages.map((stage) => decisionOf(stage, record));
    if (decisions.length === 1) return decisions[0];
    // Nothing can be called more favourable than what is not known.
    const pending = decisions.find((one) => one.status === Status.PENDING);
    const best = pending ?? decisions.reduce((a, b) => (b.fen > a.fen ? b : a));
    return { ...best, others: decisions.filter((one) => one !== best) };
  }

  /** Where a date that chooses the edition is missing: what every edition refuses is refused. */
  #whateverDay(record, missing) {
    const decisions = this.stages.map((stage) => decisionOf(stage, record));
    for (const refusal of [Status.DENIED, Status.NOT_APPLICABLE]) {
      if (decisions.every(({ status }) => status === refusal)) return decisions[0];
    }
    return decision(Status.PENDING, 0n, [pendingReason(missing, this.clause)], [this.clause]);
  }

  /** The editions as `#walk` gives them, or the fact that is missing to choose between them. */
  #walked(record) {
    try {
      return this.#walk(record);
    } catch (error) {
      if (error instanceof MissingFact) return error;
      throw error;
    }
  }

  /**
   * Each edition from the latest on, and on which side of its beginning the record falls.
   *
   * The last one is that behind whose beginning it falls; so is each one of which it takes the better.
   */
  #walk(record) {
    const walked = [];
    for (const stage of this.stages.slice(0, -1)) {
      const governed = stage.governingDay.of(record);
      if (governed !== null && governed < stage.day) {
        walked.push({ stage, fall: "BEFORE" });
        continue;
      }
      const began = stage.beganDay.of(record);
      if (stage.transition === "NEW" || began === null || began >= stage.day) {
        return [...walked, { stage, fall: "AFTER" }];
      }
      walked.push({ stage, fall: stage.transition === "BETTER" ? "BOTH" : "KEEPS" });
    }
    return [...walked, { stage: this.stages[this.stages.length - 1], fall: "AFTER" }];
  }

  /** What an explanation says of the amendments of the item; nothing where a date that chooses is missing. */
  told(record) {
    const walked = this.#walked(record);
    if (walked instanceof MissingFact) return [];
    return walked
      .filter(({ stage }) => stage.day !== null)
      .map(({ stage, fall }, place) => {
        const side = fall === "AFTER" ? walked[place] : walked[place + 1];
        const asked = (fall === "KEEPS" || fall === "BOTH") && stage.began !== null;
        return {
          numbers: stage.numbers,
          day: stage.day,
          edition: stage.back,
          fall,
          governed: stage.governingDay.shown(record),
          began: asked ? { name: stage.beganDay.words, value: stage.beganDay.shown(record) } : null,
          absent: fall !== "BOTH" && side.fall === "AFTER" && side.stage.absent,
        };
      });
  }
}

const decisionOf = ({ assessor, back }, record) => ({
  ...(assessor === null ? NOT_APPLICABLE : assessor.assess(record)),
  edition: back,
});

/** A date of records: null where there is none, because the optional facts that tell it are said not to be. */
class DayOf {
  constructor(rules, node, functions) {
    this.function = node === null ? null : functions.of(node);
    this.facts = node === null ? [] : factsUnder(rules, node);
    this.words = node === null ? "" : rules.nodes[node].words;
  }

  of(record) {
    if (this.function === null) return null;
    try {
      return this.function(record, null);
    } catch (error) {
      const lacking = this.facts.filter(({ place }) => !isGiven(record[place]));
      const none = lacking.every(({ fact, place }) => fact.optional && record[place] === null);
      if (none && error instanceof MissingFact) return null;
      throw error;
    }
  }

  /** The date, unless it could tell what is personal. */
  shown(record) {
    const day = this.of(record);
    if (day === null) return Absence.NOT_GIVEN;
    return this.facts.some(({ fact }) => fact.personal) ? Absence.HIDDEN : day;
  }
}

/** The facts under a node, with their places in the record. */
function factsUnder(rules, number) {
  const { kind, record, fact, parts } = rules.nodes[number];
  const own = kind === "FactRef" || kind === "Given" ? [{ fact: rules.records[record].facts[fact], place: fact }] : [];
  return [...own, ...parts.flatMap((part) => factsUnder(rules, part))];
}
