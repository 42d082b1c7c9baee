// The nearest change, in words: what would have to be otherwise, as information and not as advice to alter facts.

import { Absence, isAbsent, say } from "./failures.js";
import { difference, isNumber, minus } from "./numbers.js";
import { equal } from "./operators.js";
import { listedOr, valueText } from "./phrases.js";
import { keyOf, listed } from "./texts.js";
import { intervalText, line, truthText } from "./wording.js";
import { WORDS } from "./words.js";

const MOST_WAYS = 5;
const MOST_OPTIONS = 6;
const SHOWN_OPTIONS = 3;

/** The ways, alike ones together; honest where none was found. */
export function nearestLines({ ways, most, complete, personal }) {
  if (ways.length === 0) {
    const left = personal ? say("PERSONAL_LEFT_OUT") : "";
    return [line(say(complete ? "NO_WAY" : "NO_WAY_IN_BOUNDS", { most: WORDS.numbers[most], personal: left }))];
  }
  const groups = grouped(ways);
  const told = groups.slice(0, MOST_WAYS).map((group) => line(wayText(group)));
  const count = WORDS.numbers[ways[0].length];
  if (told.length === 1) return [line(say("LACKS_WAY", { count, way: told[0].text }))];
  if (groups.length > MOST_WAYS) told.push(line(say("MORE_WAYS", { count: groups.length - MOST_WAYS })));
  return [line(say("LACKS_WAYS", { count }), "", null, told)];
}

const becomesTrue = (change) => change.type.kind === "bool" && change.options[0] === true;

/** Ways that differ only in which truth they need stand together. */
function grouped(ways) {
  const groups = new Map();
  for (const way of ways) {
    const rest = way.filter((change) => !becomesTrue(change));
    const key = way.length - rest.length === 1 ? `alike ${changesKey(rest)}` : `alone ${changesKey(way)}`;
    groups.set(key, [...(groups.get(key) ?? []), way]);
  }
  return [...groups.values()];
}

/** The same exactly for the same changes. */
const changesKey = (changes) =>
  keyOf(
    changes.flatMap(({ name, before, options, least, most, table, outside }) => [
      name,
      keyOf([before, ...options].map(flat)),
      keyOf([least, most].map(flat)),
      table,
      outside,
    ]),
  );

const flat = (value) => (isAbsent(value) ? `「${value.absent}」` : value);

/** One way, or several that differ only in which of some truths they need. */
function wayText(group) {
  const [way] = group;
  if (group.length === 1) return way.map(changeText).join(WORDS.andAlso);
  const names = group.flatMap((each) => each.filter(becomesTrue).map((change) => change.name));
  const rest = way.filter((change) => !becomesTrue(change)).map(changeText);
  return [say("ONE_OF_TRUTHS", { names: listed(names) }), ...rest].join(WORDS.andAlso);
}

// --- one change ------------------------------------------------------------------------------------------------

/** What a fact would have to be, and what it is now. */
function changeText(change) {
  const [first] = change.options;
  if (typeof first === "boolean") return truthText(change.name, first);
  const inSpan = change.type.kind === "date" || change.type.kind === "number";
  if (inSpan && first !== Absence.NOT_GIVEN) return spanText(change, first);
  const now = change.before === Absence.NOT_GIVEN ? "" : say("NOW", { value: valueText(change.before, change.type) });
  return otherText(change) + now;
}

function otherText({ name, type, options, table, outside }) {
  const given = options.filter((option) => option !== Absence.NOT_GIVEN);
  if (given.length === 0) return say("WITHOUT", { name });
  if (outside) return say("OUTSIDE_TABLE", { name, table });
  const words = given.map((option) => valueText(option, type));
  const absent = given.length < options.length ? say("OR_WITHOUT", { name }) : "";
  if (words.length <= MOST_OPTIONS) return say("TO_BE", { name, values: listedOr(words) }) + absent;
  const where = table ? say("OF_TABLE", { table }) : "";
  const some = listed(words.slice(0, SHOWN_OPTIONS));
  return say("SOME_OF", { name, where, some, count: words.length }) + absent;
}

/** A day or a number that may lie in a span. */
function spanText(change, first) {
  const { name, type, before, options, least, most } = change;
  const missing = before === Absence.NOT_GIVEN;
  const named = missing ? say("WITH_AND", { name }) : name;
  const absent = options.includes(Absence.NOT_GIVEN) ? say("OR_WITHOUT", { name }) : "";
  return `${named}${bounds(type, least, most, first)}${step(before, first, type)}${absent}`;
}

function bounds(type, least, most, first) {
  const [low, high] = [least, most].map((bound) => (isAbsent(bound) ? null : valueText(bound, type)));
  const day = type.kind === "date";
  if (low !== null && high !== null) {
    return equal(least, most) ? say("EXACTLY", { value: low }) : say("BETWEEN", { least: low, most: high });
  }
  if (low !== null) return say(day ? "NOT_BEFORE" : "NOT_LESS", { value: low });
  if (high !== null) return say(day ? "NOT_AFTER" : "NOT_MORE", { value: high });
  return say("EXACTLY", { value: valueText(first, type) });
}

/** How far it is from what is to what would do. */
function step(before, after, type) {
  if (before === Absence.NOT_GIVEN) return "";
  const value = valueText(before, type);
  if (isAbsent(before)) return say("NOW", { value });
  if (isNumber(before)) {
    const more = difference(after, before) > 0;
    const size = valueText(more ? minus(after, before) : minus(before, after), type);
    return say(more ? "NOW_SHORT" : "NOW_LESS", { value, size });
  }
  if (after > before) return say("NOW_SHORT", { value, size: intervalText(before, after) });
  return say("NOW_EARLIER", { value, size: intervalText(after, before) });
}
