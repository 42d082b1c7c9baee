// What the ledger said, in words: which earlier payments count, and when the way is free again.

import { say } from "./failures.js";
import { chineseDate, fenInYuan, valueText } from "./phrases.js";
import { fill, listed } from "./texts.js";
import { line } from "./wording.js";
import { WORDS } from "./words.js";

/** One rule: whether it allows, and the earlier payments that it counts. */
export function ruleLine(rule) {
  const count = rule.counted.length + rule.others;
  const text = fill(WORDS.rules[rule.kind][rule.allowed ? 0 : 1], {
    keys: keys(rule),
    level: rule.keys.length > 0 ? rule.keys[rule.keys.length - 1].name : "",
    within: within(rule.period, rule.year),
    holder: rule.holder,
    times: rule.times,
    count,
    before: count > 0 ? say("HAD_BEFORE", { count }) : say("HAD_NONE"),
    next: count + 1,
  });
  const told = say("RULE", { limit: rule.limit, text, chosen: chosen(rule.readings) });
  return line(told, rule.clause, rule.allowed, entries(rule.counted, rule.others));
}

/** The facts compared, with their values: 职业工种、等级（电工、初级工）. */
function keys(rule) {
  const compared = rule.kind === "LOWER" ? rule.keys.slice(0, -1) : rule.keys;
  if (compared.length === 0) return "";
  const values = listed(compared.map((key) => valueText(key.value, key.type)));
  return say("KEYS", { names: listed(compared.map((key) => key.name)), values });
}

function within(period, year) {
  if (period === null) return "";
  if (period.kind === "ROLLING") return say("WITHIN_MONTHS", { months: period.months });
  return year === null ? WORDS.periods[period.kind] : say("WITHIN_YEAR", { year });
}

function chosen(readings) {
  if (readings.length === 0) return "";
  const told = readings.map(({ name, option }) => say("READING_TAKES", { reading: name, option }));
  return say("BY_READINGS", { readings: listed(told) });
}

/** An earlier payment by its day, what it was for, its item and amount; never whose it was. */
function entryLine(entry) {
  const facts = listed(entry.facts.map((fact) => valueText(fact.value, fact.type)));
  const key = say("RECORD", { name: entry.key.name, key: valueText(entry.key.value, entry.key.type) });
  const parts = [chineseDate(entry.day), facts, entry.item, fenInYuan(entry.fen)];
  const told = parts.filter((part) => part !== "").join("，");
  return line(say(entry.earlierBatch ? "ENTRY_EARLIER" : "ENTRY", { told, key }));
}

function entries(counted, others) {
  const rest = others > 0 ? [line(say("ENTRIES_OF_OTHERS", { count: others }))] : [];
  return [...counted.map(entryLine), ...rest];
}

/** A cap over a period: what was spent, what is left, what is paid. */
export function capLine(cap) {
  const asked = fenInYuan(cap.asked);
  const text = say("RUNNING_CAP", {
    holder: cap.holder,
    within: within(cap.period, cap.year),
    most: fenInYuan(cap.most),
    chosen: cap.reading === null ? "" : chosen([cap.reading]),
    spent: cap.spent > 0n ? say("SPENT_BEFORE", { spent: fenInYuan(cap.spent) }) : say("SPENT_NONE"),
    told: capVerdict(cap, asked),
  });
  return line(text, cap.clause, cap.paid > 0n, entries(cap.counted, cap.others));
}

function capVerdict(cap, asked) {
  if (cap.paid === 0n) return say("CAP_EXHAUSTED");
  if (cap.paid < cap.asked) return say("CAP_PARTLY", { paid: fenInYuan(cap.paid), asked });
  return say("CAP_ENOUGH", { asked });
}

// --- when the way is free again --------------------------------------------------------------------------------

/** What could still be granted to this holder, where a limit has refused. */
export function ledgerWays({ rules, cap, link }) {
  const out = rules.filter((rule) => !rule.allowed).flatMap(ways);
  if (out.length > 0) return out;
  if (link !== null) return [line(say("WAY_UNLINKED", { item: link.becauseOf, limit: link.limit }))];
  return cap !== null && cap.paid === 0n ? capWays(cap) : [];
}

function ways(rule) {
  const names = rule.keys.map((key) => key.name);
  const out = [];
  if (rule.kind === "REPEAT") out.push(say("WAY_OTHER_KEY", { names: names.join("或者") }));
  if (rule.kind === "LOWER") {
    out.push(say("WAY_HIGHER", { level: names[names.length - 1], names: listed(names.slice(0, -1)) }));
  }
  if (rule.year !== null) {
    const { nextYear: year, yearName: name } = rule;
    out.push(year === null ? say("WAY_NO_YEAR") : say("WAY_NEXT_YEAR", { year, name }));
  } else if (rule.period !== null && rule.period.kind === "ROLLING") {
    out.push(say("WAY_AFTER_MONTHS", { months: rule.period.months }));
  }
  return out.map((text) => line(text));
}

function capWays(cap) {
  if (cap.year !== null) return [line(say("WAY_CAP_YEAR"))];
  return cap.period.kind === "TERM" ? [line(say("WAY_CAP_NEVER"))] : [];
}
