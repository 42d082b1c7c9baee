// A whole trace in words: for each item its result, how it came about step by step, and what would change it.

import { absenceText, editionLines } from "./edition_words.js";
import { isAbsent, Absence, say } from "./failures.js";
import { capLine, ledgerWays, ruleLine } from "./ledger_words.js";
import { nearestLines } from "./nearest_words.js";
import { ONE, difference, isNumber, minus } from "./numbers.js";
import { Status } from "./outcome.js";
import { fenInYuan, percent, valueText, yuanText } from "./phrases.js";
import { stepsOf, walk } from "./steps.js";
import { listed, withoutEnd } from "./texts.js";
import { WORDS } from "./words.js";
import { line, lines, oneLine, periodText, phrase, readingsIn, shown, sinceText, worked } from "./wording.js";

/** A trace in words, of all items that apply; the others apart. */
export function narrate(told) {
  const every = told.items.map(narrateItem);
  const applies = (one) => one.status !== Status.NOT_APPLICABLE;
  return {
    title: told.title,
    number: told.number,
    term: periodText(told.term),
    record: say("RECORD", { name: told.key.name, key: valueText(told.key.value, told.key.type) }),
    items: every.filter(applies),
    notApplicable: every.filter((one) => !applies(one)),
    changed: told.changed.map((reading) =>
      say("READING_CHANGED", { reading: reading.name, option: reading.option, default: reading.default }),
    ),
    remarks: [
      ...told.notices.map((notice) => say("NOTICE", { notice })),
      ...told.illustrative.map((table) => say("ILLUSTRATIVE_TABLE", { table })),
      say("DISCLAIMER"),
    ],
  };
}

function narrateItem(item) {
  const { status, fen } = item.decision;
  return {
    item: item.item,
    clause: item.clause,
    status,
    amount: status === Status.GRANTED ? fenInYuan(fen) : "",
    headline: headline(item),
    steps: withoutRepeats(steps(item)),
    ways: ways(item),
    readings: readingsOf(item).map(readingLine),
  };
}

/** Parts that were told already are not told again. */
function withoutRepeats(told) {
  const seen = new Set();
  const shortened = (one) => {
    if (one.details.length === 0) return one;
    const key = JSON.stringify(one.details);
    if (seen.has(key)) return { ...one, text: say("DETAILS_ABOVE", { text: one.text }), details: [] };
    seen.add(key);
    return { ...one, details: one.details.map(shortened) };
  };
  return told.map(shortened);
}

// --- the result ------------------------------------------------------------------------------------------------

/** The result in one sentence. */
function headline(item) {
  const { status, fen } = item.decision;
  if (status === Status.GRANTED) {
    const fund = item.fund ? say("FROM_FUND", { fund: item.fund }) : "";
    return say("GRANTED", { amount: fenInYuan(fen), fund, payee: payeeText(item.payee) });
  }
  if (status === Status.NOT_APPLICABLE) return say("NOT_APPLICABLE", { reasons: whyNotApplicable(item) });
  if (status === Status.DENIED && item.before.status === Status.DENIED) return say("DENIED", { reasons: denials(item) });
  if (item.delegatedTo) return say("OTHER_RULES", { status, to: item.delegatedTo });
  return say("OTHER_STATUS", { status, reasons: listedReasons(item) });
}

/** The evaluator's reasons; it names the keys of a missing row, which must not tell what is personal. */
function listedReasons(item) {
  const text = item.decision.reasons.map((why) => withoutEnd(why.text, "。；")).join("；");
  const lookedUp = stepsOf(item).flatMap(walk).filter((one) => one.kind === "Lookup");
  const hidden = lookedUp.some((one) => one.keys.some((key) => key.value === Absence.HIDDEN));
  return hidden ? text.replace(/(中没有这一行)（[^）]*）/g, "$1") : text;
}

/** Why an item is denied, the reasons of each case together. */
function denials(item) {
  if (item.conditions.some((used) => used.holds === false) || item.cases.length < 2 || item.amount !== null) {
    return listedReasons(item);
  }
  return item.cases
    .map((used) => {
      const failed = used.conditions.filter((one) => one.holds === false).map((one) => one.denial);
      const missing = missingRow(used.amount).map((one) => one.text);
      return say("DENIED_IN_CASE", { case: used.name, reasons: listed([...failed, ...missing]) });
    })
    .join("；");
}

const payeeText = ({ kind, name }) => (name ? say("PAYEE", { kind, name }) : kind);

function whyNotApplicable(item) {
  const absent = absenceText(item);
  if (absent) return absent;
  if (item.applies === null) return say("OTHER_RECORD");
  const told = lines(item.applies);
  const against = told.filter((one) => one.holds !== true).map((one) => one.text);
  return against.join("；") || told[0].text;
}

/** What would have to be otherwise. */
function ways(item) {
  if (item.decision.status !== Status.DENIED) return [];
  if (item.nearest !== null) return nearestLines(item.nearest);
  return item.ledger === null ? [] : ledgerWays(item.ledger);
}

// --- the steps -------------------------------------------------------------------------------------------------

/** Each step that was taken, in its order. */
function steps(item) {
  const out = [...editionLines(item), ...(item.applies === null ? [] : [appliesLine(item)])];
  if (item.before.status === Status.NOT_APPLICABLE) return out;
  if (item.delegatedTo) return [...out, line(say("DELEGATED_WHOLLY", { to: item.delegatedTo }), item.clause)];
  out.push(...item.pending.map(gateLine));
  if (item.governing !== null) out.push(governingLine(item.governing));
  out.push(...item.conditions.map(conditionLine));
  const taken = item.cases.some((used) => used.holds === true);
  out.push(...item.cases.flatMap((used) => caseLines(used, taken && used.holds !== true)));
  if (item.amount !== null) {
    const held = item.cases.find((used) => used.holds === true && used.name === item.amount.case);
    out.push(baseLine(held.amount, item.clause), ...amountLines(item.amount, item.clause));
  }
  if (item.ledger !== null) out.push(...ledgerLines(item.ledger));
  const result = headline(item);
  const told = result.endsWith("。") ? result.slice(0, -1) : result;
  out.push(line(say("RESULT", { headline: told }), listed(item.decision.clauses)));
  return out;
}

function appliesLine(item) {
  const one = oneLine(item.applies);
  const told = item.applies.value === true ? "APPLIES" : "APPLIES_NOT";
  return line(say(told, { text: one.text }), one.clause || item.clause, null, one.details);
}

function gateLine(gate) {
  const told = lines(gate.condition, false);
  // The parts of a concept whose name has just been said.
  const inside = told.length === 1 && told[0].details.length > 0 ? told[0].details : told;
  if (gate.condition.value === true) {
    const handled = gate.ground ? say("HANDLED_BY", { ground: withoutEnd(gate.ground, "。") }) : "";
    return line(say("IN_GATE", { gate: gate.name, handled }), gate.clause, false, inside);
  }
  return line(say("NOT_IN_GATE", { gate: gate.name }), gate.clause, true, inside);
}

function governingLine(step) {
  const told = isAbsent(step.value) ? "GOVERNED_UNKNOWN" : "GOVERNED";
  return line(say(told, { day: phrase(step) }), step.clause, null, standsFor(step));
}

/** What a concept that is a value stands for. */
function standsFor(step) {
  if (step.kind === "ByReading") return standsFor(step.operand);
  if (step.kind !== "ConceptRef") return [];
  const { name, body } = step;
  const chosen =
    body.kind === "ByReading" ? say("UNDER_READING", { reading: body.reading.name, option: body.reading.option }) : "";
  return [line(say("STANDS_FOR", { name, value: phrase(body), chosen })), ...standsFor(body)];
}

function conditionLine({ condition, denial, clause, holds, waitsFor }) {
  if (holds === null) {
    if (waitsFor.length > 0) return line(say("WAITS", { words: condition.words, waits: listed(waitsFor) }), clause);
    const one = oneLine(condition);
    return line(one.text, clause, null, one.details);
  }
  const named = condition.kind === "ConceptRef";
  const one = named ? { text: condition.name, details: lines(condition)[0].details } : oneLine(condition);
  const verdict = holds ? say("HOLDS", { text: one.text }) : say("FAILS", { denial, text: one.text });
  return line(verdict, clause, holds, one.details);
}

/**
 * A case with its conditions; one without a name is only heard of when its table has no row.
 *
 * Where another case holds, of this one only what fails is told.
 */
function caseLines(used, briefly) {
  const missing = missingRow(used.amount);
  if (!used.name) return missing;
  const told = used.conditions.filter((one) => one.holds !== true || !briefly);
  const details = [...told.map(conditionLine), ...missing];
  const verdict = { true: "CASE_HOLDS", false: "CASE_FAILS", null: "CASE_OPEN" }[used.holds];
  const one = line(say(verdict, { case: used.name }), used.clause, used.holds || null, details);
  return [briefly ? neutral(one) : one];
}

const missingRow = (step) =>
  walk(step)
    .filter((one) => one.kind === "Lookup" && one.value === Absence.NO_ROW)
    .map((one) => line(say("ROW_MISSING", { table: one.table, row: rowText(one) }), one.clause, false));

const rowText = ({ keyNames, keys }) =>
  listed(keys.map((key, i) => say("ROW_KEY", { name: keyNames[i], value: shown(key) })));

// --- the amount ------------------------------------------------------------------------------------------------

function amountLines(amount, clause) {
  const out = amount.uplifts.map(upliftLine);
  if (amount.uplifts.some((uplift) => uplift.open)) return out;
  const held = amount.uplifts.filter((uplift) => uplift.holds);
  if (amount.factor === null) {
    const uplifts = listed(held.map((uplift) => say("UPLIFT", { rate: rateText(uplift.rate) })));
    return [...out, line(say("UPLIFTS_UNDECIDED", { uplifts }), clause, false)];
  }
  if (held.length > 1 && amount.stacking !== null) {
    const text = say("UPLIFTS_TOGETHER", {
      count: held.length,
      how: WORDS.stackings[amount.stacking],
      rate: percent(minus(amount.factor, ONE)),
      chosen: chosenText(amount.stackingReading),
    });
    out.push(line(text, clause));
  }
  if (held.length > 0) {
    const [base, raised] = [yuanText(amount.base), yuanText(amount.raised)];
    out.push(line(say("RAISED", { base, factor: percent(amount.factor), raised }), clause));
  }
  if (amount.cap !== null) out.push(capOnce(amount));
  if (amount.place !== null) {
    const [place, mode] = [WORDS.places[amount.place], WORDS.roundings[amount.mode]];
    out.push(line(say("ROUNDED", { place, mode, amount: yuanText(amount.payable) }), clause));
  }
  if (amount.payable.n <= 0n) out.push(line(say("AMOUNT_NOT_ABOVE_ZERO"), clause, false));
  return out;
}

/** The reading that something depends on; nothing where it depends on none. */
const chosenText = (reading) =>
  reading === null ? "" : say("BY_READING", { reading: reading.name, option: reading.option });

function upliftLine(uplift) {
  const verdict = { true: "UPLIFT_HOLDS", false: "UPLIFT_FAILS", null: "UPLIFT_OPEN" }[uplift.holds];
  const told = lines(uplift.condition);
  // Of an uplift that is not given, only what it fails for.
  const relevant = uplift.holds ? told : told.filter((one) => one.holds !== true).map(neutral);
  const text = say(verdict, { rate: rateText(uplift.rate) });
  return line(text, uplift.clause, uplift.holds || null, [...sources(uplift.rate), ...relevant]);
}

const rateText = (step) => (isNumber(step.value) ? percent(step.value) : shown(step));

/** A line that does not hold, and does no harm. */
const neutral = (one) => ({ ...one, holds: null, details: one.details.map(neutral) });

function capOnce({ cap, capped, raised }) {
  const parts = {
    holder: cap.holder,
    most: yuanText(cap.amount),
    chosen: chosenText(cap.reading),
    asked: yuanText(raised),
  };
  if (difference(capped, raised) < 0) return line(say("CAP_CUTS", { ...parts, paid: yuanText(capped) }), cap.clause);
  return line(say("CAP_LEAVES", parts), cap.clause);
}

/** What the amount starts from, and where its numbers come from. */
function baseLine(step, clause) {
  let text;
  if (step.kind === "Lookup") {
    const column = step.column === step.table ? say("STANDARD") : step.column;
    text = say("BASE_FROM_TABLE", { table: step.table, row: rowText(step), column, value: shown(step) });
  } else {
    text = say("BASE", { worked: worked(step) });
  }
  return line(text, step.clause || clause, null, sources(step));
}

/** The versions of the parameters and tables that a value rests on, each told once. */
function sources(step) {
  const out = walk(step).flatMap((one) => {
    if (one.kind === "ParameterRef") return [parameterLine(one)];
    return one.kind === "Lookup" ? tableLines(one) : [];
  });
  return [...new Map(out.map((one) => [JSON.stringify(one), one])).values()];
}

function parameterLine(step) {
  const { name } = step;
  const value = shown(step);
  if (step.replaced) return line(say("PARAMETER_SET", { name, value }), step.source);
  const since = sinceText(step.period);
  const ground = step.ground ? say("ON_GROUND", { ground: withoutEnd(step.ground, "。") }) : "";
  const text = since ? say("PARAMETER_SINCE", { name, since, value, ground }) : say("PARAMETER", { name, value, ground });
  return line(text, step.source);
}

function tableLines(step) {
  const { version } = step;
  const told = [];
  if (version !== null) {
    const since = sinceText(version.period);
    if (version.replaced) told.push(say("TABLE_FILE", { file: version.file }));
    if (since) told.push(say("TABLE_SINCE", { since }));
    if (version.illustrative) told.push(say("TABLE_ILLUSTRATIVE"));
  }
  const uplifts = step.uplifts.map((uplift) => {
    const text = say("TABLE_UPLIFT", {
      written: valueText(step.written, step.type),
      column: uplift.column,
      equals: valueText(uplift.equals, uplift.type),
      rate: percent(uplift.rate),
      value: shown(step),
    });
    return line(text, uplift.clause);
  });
  return told.length > 0 ? [line(say("TABLE_SAYS", { table: step.table, told: told.join("，") })), ...uplifts] : uplifts;
}

// --- ledger and readings ---------------------------------------------------------------------------------------

function ledgerLines({ rules, cap, link, freeOf }) {
  const out = rules.map(ruleLine);
  const refused = rules.some((rule) => !rule.allowed);
  if (cap !== null && !refused) out.push(capLine(cap));
  if (link !== null && !refused) {
    const text = say("LINK", { item: link.becauseOf, limit: link.limit, chosen: chosenText(link.reading) });
    out.push(line(text, link.clause, false));
  }
  if (rules.length === 0 && freeOf.length > 0 && link === null) {
    out.push(line(say("FREE_OF", { limits: listed(freeOf) })));
  }
  return out;
}

/** Every reading that the result rests on, each once. */
function readingsOf(item) {
  const found = readingsIn(stepsOf(item));
  const more = [];
  if (item.amount !== null) {
    const held = item.amount.uplifts.filter((uplift) => uplift.holds === true);
    more.push(held.length > 1 ? item.amount.stackingReading : null, item.amount.cap?.reading ?? null);
  }
  if (item.ledger !== null) {
    const { rules, cap, link } = item.ledger;
    more.push(...rules.flatMap((rule) => rule.readings), cap?.reading ?? null, link?.reading ?? null);
  }
  for (const reading of more) {
    if (reading !== null && !found.has(reading.name)) found.set(reading.name, reading);
  }
  return [...found.values()];
}

/** A reading with the question that it answers, and why. */
function readingLine(reading) {
  const question = withoutEnd(reading.question, "。");
  const parts = {
    reading: reading.name,
    question: question ? say("READING_QUESTION", { question }) : "",
    option: reading.option,
    reason: withoutEnd(reading.reason, "。"),
  };
  const text =
    reading.option === reading.default
      ? say("READING", parts)
      : say("READING_OTHERWISE", { ...parts, default: reading.default });
  return line(text, reading.clause);
}
