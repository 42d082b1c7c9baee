// What a step says, in plain Chinese: which sentence is due, and the lines made from it. The words are `WORDS`.
//
// A line is {text, clause, holds, details}: a sentence and those under it; `holds` says whether it speaks for the
// item, null where neither.

import { addDays, addMonths, dateOf, shifted } from "./calendar.js";
import { Absence, isAbsent, say } from "./failures.js";
import { chineseDate, valueText } from "./phrases.js";
import { isNumber } from "./numbers.js";
import { equal } from "./operators.js";
import { walk } from "./steps.js";
import { fill, listed, once } from "./texts.js";
import { WORDS } from "./words.js";

export const line = (text, clause = "", holds = null, details = []) => ({ text, clause, holds, details });

const sentence = (kind, good, parts = {}) => fill((WORDS.steps[kind] ?? WORDS.steps.Unassessed)[good ? 0 : 1], parts);

/** A fact that holds or not: 是贫困劳动力, 没有享受……, 统一编码：否. */
export function truthText(name, truth) {
  for (const done of ["已经", "已", "曾"]) {
    if (name.startsWith(done)) return truth ? name : say("WITHOUT", { name: undone(name) });
  }
  if (name.startsWith("有")) return truth ? name : say("WITHOUT", { name: name.slice(1) });
  if (WORDS.nouns.some((noun) => name.endsWith(noun))) return say(truth ? "IS" : "IS_NOT", { name });
  return sentence("FactRef", truth, { name });
}

/** A name without the words of what is done, each at most once and in this order. */
const undone = (name) =>
  ["已经", "已", "曾"].reduce((rest, done) => (rest.startsWith(done) ? rest.slice(done.length) : rest), name);

function sortOf(type) {
  switch (type.kind) {
    case "date":
      return "DAY";
    case "number":
      return "QUANTITY";
    case "enum":
      return type.ordered ? "RANK" : "NAME";
    default:
      return "NAME";
  }
}

// --- values ----------------------------------------------------------------------------------------------------

export const shown = (step) => valueText(step.value, step.type);

/** A value by its name: 开班日期（2020年3月2日）. */
export function phrase(step) {
  const told = (parts) => fill(WORDS.phrases[step.kind], parts);
  switch (step.kind) {
    case "Literal":
      return told({ value: shown(step) });
    case "FactRef":
    case "ConceptRef":
    case "ParameterRef":
      return told({ name: step.name, value: shown(step) });
    case "Lookup":
      if (step.table === step.column) return `「${step.table}」（${shown(step)}）`;
      return told({ table: step.table, column: step.column, value: shown(step) });
    case "Age":
      return told({ birth: phrase(step.birth), day: phrase(step.day), value: shown(step) });
    case "Shift": {
      const way = step.amount >= 0 ? "之后" : "之前";
      const length = `${Math.abs(step.amount)}${step.unit}`;
      return told({ operand: phrase(step.operand), way, length, value: shown(step) });
    }
    case "Sum":
      return told({ terms: chain(step.terms, "＋", "－", false) });
    case "Product":
      return told({ factors: chain(step.factors, "×", "÷", true) });
    case "Extreme": {
      const operands = step.operands.map(phrase).join("与");
      return told({ operands, which: step.largest ? "较大" : "较小", value: shown(step) });
    }
    case "ByReading":
      return told({ operand: phrase(step.operand) });
    default:
      return fill(WORDS.phrases[step.kind] ?? "{words}", { words: step.words });
  }
}

/** Parts joined by signs; a sum inside a product stands in brackets. */
function chain(parts, plain, inverse, within) {
  return parts.reduce((out, [inverted, part], place) => {
    const text = within && part.kind === "Sum" ? `（${phrase(part)}）` : phrase(part);
    return place === 0 && !inverted ? text : `${out}${inverted ? inverse : plain}${text}`;
  }, "");
}

/** A sum worked out: what it is made of, and what it comes to. */
export function worked(step) {
  switch (step.kind) {
    case "Literal":
      return shown(step);
    case "Extreme": {
      const operands = step.operands.map(worked).join("与");
      return say("EXTREME_WORKED", { operands, which: step.largest ? "较大者" : "较小者", value: shown(step) });
    }
    case "Sum":
    case "Product":
      return `${phrase(step)}＝${shown(step)}`;
    default:
      return phrase(step);
  }
}

/** A value's name without the value. */
function nameOf(step) {
  switch (step.kind) {
    case "FactRef":
    case "ConceptRef":
    case "ParameterRef":
      return step.name;
    case "ByReading":
      return nameOf(step.operand);
    default:
      return step.words;
  }
}

// --- conditions ------------------------------------------------------------------------------------------------

/** What a condition comes to, line by line. `want` is what the rule wants of it: 非 turns it round. */
export function lines(step, want = true) {
  if (step.value === Absence.NOT_ASSESSED || typeof step.value !== "boolean") return [unknown(step)];
  const truth = step.value;
  const holds = truth === want;
  switch (step.kind) {
    case "Not":
      return lines(step.operand, !want);
    case "All":
      if (!want) return notAll(step);
      // What nobody could look at says nothing beside what has failed.
      return step.operands.filter((part) => truth || part.kind !== "Unassessed").flatMap((part) => lines(part));
    case "Any":
      return want ? any(step) : notAny(step);
    case "ConceptRef": {
      const text = sentence("ConceptRef", truth, { name: step.name });
      return [line(text, step.clause, holds, lines(step.body, want))];
    }
    case "ByReading":
      return byReading(step, lines(step.operand, want));
    default:
      return [line(plainSentence(step, truth, want), step.clause, holds)];
  }
}

/** A condition as a single line, its parts under it where it has several. */
export function oneLine(step, want = true) {
  const parts = lines(step, want);
  if (parts.length === 1) return parts[0];
  const holds = step.value === want;
  return line(sentence("All", holds, { count: parts.length }), step.clause, holds, parts);
}

function unknown(step) {
  if (step.kind === "FactRef" || step.kind === "Given") {
    return line(`${step.name}：${valueText(step.value, step.type)}`, step.clause);
  }
  if (step.value === Absence.NOT_ASSESSED) return line(sentence("Unassessed", true, { words: step.words }), step.clause);
  const missing = walk(step).filter(
    ({ kind, value }) => (kind === "FactRef" || kind === "Given") && value === Absence.NOT_GIVEN,
  );
  const why =
    missing.length > 0
      ? say("NOT_FILLED_IN", { facts: listed(once(missing.map((one) => one.name))) })
      : valueText(step.value, step.type);
  return line(say("UNKNOWN", { words: step.words, why }), step.clause);
}

/** A condition without parts: what is the case. */
function plainSentence(step, truth, want) {
  const told = (parts) => sentence(step.kind, truth, parts);
  switch (step.kind) {
    case "Literal":
      return told({});
    case "FactRef":
      return truthText(step.name, truth);
    case "Given": {
      const text = told({ name: step.name, value: valueText(step.shown, step.shownType) });
      return truth === want || want ? text : say("SHOULD_NOT_BE", { text });
    }
    case "InTable":
      return told({ operand: phrase(step.operand), table: step.table });
    case "OneOf":
      return told({ name: nameOf(step.operand), value: shown(step.operand), labels: listed(step.labels) });
    case "InTerm":
      return told({ operand: phrase(step.operand), period: periodText(step.term) });
    case "Within":
      return told({
        operand: phrase(step.operand),
        start: phrase(step.start),
        length: `${step.amount}${step.unit}`,
      });
    case "TermLength":
      return termSentence(step, truth, want);
    case "Compare":
      return compared(step, truth, want);
    default:
      return told({ words: step.words });
  }
}

const reading = (comparison, sort) => WORDS.comparisons[comparison][sort];

function compared(step, truth, want) {
  const { left, right, comparison } = step;
  const good = truth === want;
  const wanted = want ? comparison : WORDS.opposites[comparison];
  const sort = sortOf(left.type);
  let actual = truth ? comparison : WORDS.opposites[comparison];
  if (!good && sort === "QUANTITY" && sameValue(left.value, right.value)) actual = "EQUAL";
  const equality = comparison === "EQUAL" || comparison === "UNEQUAL";
  if (equality && (sort === "NAME" || sort === "RANK") && right.kind === "Literal") return named(step, wanted, good);
  return sentence("Compare", good, {
    left: phrase(left),
    actual: reading(actual, sort),
    right: phrase(right),
    wanted: reading(wanted, sort),
    limit: shown(right),
  });
}

const sameValue = (a, b) => (isNumber(a) && isNumber(b) ? equal(a, b) : a === b);

/** A label, a text or a truth that should be, or should not be, a certain one. */
function named({ left, right }, wanted, good) {
  const name = nameOf(left);
  const [value, other] = [shown(left), shown(right)];
  if (left.type.kind === "bool") {
    const text = typeof left.value === "boolean" ? truthText(name, left.value) : phrase(left);
    return good ? text : say("NAME_SHOULD", { text, wanted: reading(wanted, "NAME").replaceAll("是", "为"), other });
  }
  const text = say("NAME_IS", { name, value });
  if (good) return value === other ? text : say("NAME_IS_NOT", { name, value, other });
  return say("NAME_SHOULD", { text, wanted: reading(wanted, "NAME"), other });
}

function termSentence(step, truth, want) {
  const good = truth === want;
  const actual = truth ? step.comparison : WORDS.opposites[step.comparison];
  const wanted = want ? step.comparison : WORDS.opposites[step.comparison];
  const short = good ? "" : shortfall(step, wanted);
  return sentence("TermLength", good, {
    first: phrase(step.first),
    last: phrase(step.last),
    actual: reading(actual, "QUANTITY"),
    wanted: reading(wanted, "QUANTITY"),
    length: `${step.amount}${step.unit}`,
    short: short ? say("STILL_SHORT", { short }) : "",
  });
}

/** How much longer a term would have to be. */
function shortfall(step, wanted) {
  const [first, last] = [step.first.value, step.last.value];
  if (isAbsent(first) || isAbsent(last)) return "";
  if (wanted !== "AT_LEAST" && wanted !== "ABOVE") return "";
  const end = shifted(first, step.amount, step.unit);
  return intervalText(addDays(last, 1), addDays(end, wanted === "ABOVE" ? 1 : 0));
}

/** 符合其一即可: which of them hold, or that none does. */
function any(step) {
  const { clause, operands } = step;
  const count = operands.length;
  const labels = operands.map(label);
  const header = sentence("Any", true, { count });
  const truth = step.value;
  const held = operands.filter((operand) => operand.value === true);
  if (labels.every((one) => one !== "")) {
    const details = (truth ? held : operands).flatMap((operand) =>
      lines(operand).filter((one) => one.details.length > 0 || operand.kind === "ByReading"),
    );
    const hidden = Absence.HIDDEN.words;
    const which = held.length > 0 ? listed(held.map(label)) : say("ONE_HIDDEN", { hidden });
    const verdict = truth ? say("ANY_HELD", { which }) : say("ANY_NONE");
    return [line(say("ANY_LABELS", { header, labels: listed(labels), verdict }), clause, truth, details)];
  }
  if (truth && held.length === 0) {
    return [line(say("ANY_HIDDEN", { header, hidden: Absence.HIDDEN.words }), clause, truth)];
  }
  if (truth) return held.length > 1 ? held.map((operand) => oneLine(operand)) : lines(held[0]);
  return [line(sentence("Any", false, { count }), clause, false, operands.map((operand) => oneLine(operand)))];
}

/** None of these: each must not hold. */
function notAny(step) {
  const held = step.operands.filter((operand) => operand.value === true);
  const labels = step.operands.map(label);
  if (step.value === false && labels.every((one) => one !== "")) {
    return [line(say("NOT_ANY", { labels: listed(labels) }), step.clause, true)];
  }
  return (held.length > 0 ? held : step.operands).map((operand) => oneLine(operand, false));
}

/** Not all of these together: it is enough that one does not hold. */
function notAll(step) {
  const missing = step.operands.filter((operand) => operand.value === false);
  if (missing.length > 0) return missing.map((operand) => oneLine(operand, false));
  const text = sentence("All", true, { count: step.operands.length });
  const details = step.operands.map((operand) => ({ ...oneLine(operand), holds: null }));
  return [line(say("NOT_ALL", { text }), step.clause, false, details)];
}

/** The option's own lines, and that they are those of this option. */
function byReading({ reading: used }, parts) {
  if (parts.length === 1) {
    const text = sentence("ByReading", true, { operand: parts[0].text, reading: used.name, option: used.option });
    return [{ ...parts[0], text }];
  }
  return [line(say("OPTION_PARTS", { reading: used.name, option: used.option })), ...parts];
}

/** What an alternative is called in a list of alternatives; empty where it takes a sentence. */
function label(step) {
  switch (step.kind) {
    case "FactRef":
      return step.type.kind === "bool" ? step.name : "";
    case "ConceptRef":
      return step.name;
    case "ByReading":
      return label(step.operand);
    default:
      return "";
  }
}

// --- dates and readings ----------------------------------------------------------------------------------------

export const periodText = ([start, end]) =>
  end === null ? `${chineseDate(start)}起` : `${chineseDate(start)}至${chineseDate(end)}`;

/** 自……起, or nothing where a version has no beginning. */
export function sinceText([start, end]) {
  if (start === 1) return "";
  return `自${chineseDate(start)}起${end === null ? "" : `至${chineseDate(end)}止`}`;
}

/** From one day to a later one, in months and days: 6个月, 1个月3天; between ends of months, in months. */
export function intervalText(from, to) {
  const isEnd = (day) => dateOf(addDays(day, 1)).day === 1;
  const [first, last] = isEnd(from) && isEnd(to) ? [addDays(from, 1), addDays(to, 1)] : [from, to];
  const [start, end] = [dateOf(first), dateOf(last)];
  let months = (end.year - start.year) * 12 + end.month - start.month;
  while (months !== 0 && addMonths(first, months) > last) months -= 1;
  const days = last - addMonths(first, months);
  if (months < 1) return `${last - first}天`;
  const years = Math.trunc(months / 12);
  const parts = [
    [years, "年"],
    [months % 12, "个月"],
    [days, "天"],
  ];
  return parts
    .filter(([number]) => number !== 0)
    .map(([number, unit]) => `${number}${unit}`)
    .join("");
}

/** The readings that steps rest on, each once, in their order. */
export function readingsIn(steps) {
  const found = new Map();
  for (const one of steps.flatMap(walk)) {
    if (one.kind === "ByReading" && !found.has(one.reading.name)) found.set(one.reading.name, one.reading);
  }
  return found;
}
