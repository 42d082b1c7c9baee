// What an explanation says of amendments: on which side of each the record falls, and what the better rules give.

import { Absence, isAbsent, say } from "./failures.js";
import { Status } from "./outcome.js";
import { chineseDate, fenInYuan } from "./phrases.js";
import { fill, listed } from "./texts.js";
import { line } from "./wording.js";
import { WORDS } from "./words.js";

/** Which rules decide, before anything else is said. */
export function editionLines(item) {
  const out = item.amendments.map((used) => {
    const parts = partsOf(used);
    const undated = used.fall === "AFTER" && used.governed === Absence.NOT_GIVEN;
    return line(say("AMENDED", { ...parts, side: undated ? say("UNDATED") : fill(WORDS.falls[used.fall], parts) }));
  });
  const { decision } = item;
  if (decision.others.length === 0) return out;
  const options = [decision, ...decision.others]
    .sort((a, b) => a.edition - b.edition)
    .map((one) => say("UNDER_RULES", { rules: rulesText(item, one), result: resultText(one) }));
  const taken = rulesText(item, decision);
  return [...out, line(say("BETTER_TAKEN", { options: options.join("；"), taken }))];
}

/** Why the rules that decide do not have the item; empty where they do. */
export function absenceText(item) {
  const used = item.amendments.find(({ absent }) => absent);
  if (used === undefined) return "";
  return say(used.fall === "AFTER" ? "ITEM_REPEALED" : "ITEM_NOT_YET", partsOf(used));
}

const dayText = (day) => (isAbsent(day) ? day.words : chineseDate(day));

const partsOf = ({ day, numbers, governed, began }) => ({
  day: chineseDate(day),
  numbers: listed(numbers),
  governed: dayText(governed),
  began: began === null ? "" : `${began.name}（${dayText(began.value)}）`,
});

/** The rules that gave a decision, by the day of the amendment that made them, or that ended them. */
function rulesText({ amendments }, decision) {
  const begun = amendments.find((used) => used.edition === decision.edition);
  if (begun !== undefined) return say("RULES_SINCE", { day: chineseDate(begun.day) });
  return say("RULES_UNTIL", { day: chineseDate(amendments[amendments.length - 1].day) });
}

const resultText = ({ status, fen }) => (status === Status.GRANTED ? fenInYuan(fen) : status);
