// One question: its words, the control that answers it, and what is wrong with an answer.
//
// A field tells its answer by `answer(value)`; what cannot be read is no answer, and the field says what to do.

import { UNANSWERED, isoDay, isoText } from "../runtime/records.js";
import { rational } from "../runtime/numbers.js";
import { WORDS } from "../runtime/words.js";
import { element, newId } from "./dom.js";

const MOST_RADIOS = 7;
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;

/** What a fact's values are called in questions. */
const YES_NO = [
  [true, "是"],
  [false, "否"],
];

/**
 * A field for a fact: `element` to show, `show(value)` to set, `focus()`, `tell(words)` for what is wrong, and `about`,
 * where more can be said of the question.
 */
export function field(fact, type, { keys = [], tables = [] }, answer) {
  const ids = { label: newId(), hint: newId(), error: newId() };
  const error = element("p", { class: "hypolicy-error", id: ids.error, role: "alert", hidden: true });
  const tell = (words) => {
    error.textContent = words;
    error.hidden = words === "";
  };
  const told = (value, words = "") => {
    tell(words);
    answer(value);
  };
  const described = fact.note ? `${ids.hint} ${ids.error}` : ids.error;
  const made = control(fact, type, { ids, described, keys, tables, told });
  const words = fact.question || fact.name;
  const named = made.group
    ? element("span", { class: "hypolicy-label", id: ids.label }, words)
    : element("label", { class: "hypolicy-label", for: ids.label }, words);
  const about = element(
    "div",
    { class: "hypolicy-about" },
    named,
    fact.note ? element("p", { class: "hypolicy-hint", id: ids.hint }, fact.note) : null,
  );
  const group = made.group ? { role: "radiogroup", "aria-labelledby": ids.label, "aria-describedby": described } : {};
  const answered = element("div", { class: "hypolicy-answer", ...group }, made.element, error);
  const brief = type.kind === "bool" && !fact.optional ? " hypolicy-brief" : "";
  const shell = element("div", { class: `hypolicy-question${brief}` }, about, answered);
  return { element: shell, about, show: made.show, focus: made.focus, tell };
}

function control(fact, type, context) {
  const labels = type.kind === "enum" ? type.labels.map((label) => [label, label]) : YES_NO;
  if (type.kind === "bool" || (type.kind === "enum" && labels.length <= MOST_RADIOS)) {
    return radios(fact, labels, context);
  }
  return type.kind === "enum" ? select(fact, labels, context) : written(fact, type, context);
}

const absentWords = (fact) => (fact.absentMeaning ? `没有（${fact.absentMeaning}）` : "没有");

// --- one of a few ----------------------------------------------------------------------------------------------

function radios(fact, labels, { told }) {
  const name = newId();
  const choices = fact.optional ? [...labels, [null, absentWords(fact)]] : labels;
  const inputs = choices.map(([value, words]) => {
    const input = element("input", { type: "radio", name, on: { change: () => told(value) } });
    return { value, input, label: element("label", {}, input, element("span", {}, words)) };
  });
  return {
    group: true,
    element: element("div", { class: "hypolicy-choices" }, inputs.map(({ label }) => label)),
    show: (value) => inputs.forEach((one) => (one.input.checked = value !== UNANSWERED && one.value === value)),
    focus: () => inputs[0].input.focus(),
  };
}

function select(fact, labels, { ids, described, told }) {
  const choices = fact.optional ? [...labels, [null, absentWords(fact)]] : labels;
  const list = element(
    "select",
    { id: ids.label, "aria-describedby": described, on: { change: () => told(choices[list.selectedIndex - 1]?.[0]) } },
    element("option", { value: "" }, "请选择"),
    choices.map(([, words]) => element("option", {}, words)),
  );
  return {
    group: false,
    element: list,
    show: (value) => (list.selectedIndex = choices.findIndex(([one]) => one === value) + 1),
    focus: () => list.focus(),
  };
}

// --- something written -----------------------------------------------------------------------------------------

// Where nothing else is said: what is being typed is settled when it is left, and nothing is told of it meanwhile.
const PLAIN = { settled: () => false, refresh: () => {} };
const KINDS = { date: dateInput, number: numberInput, text: textInput, identifier: textInput };

function written(fact, type, context) {
  const { input, parts, read, print, settled, refresh } = { ...PLAIN, ...KINDS[type.kind](fact, type, context) };
  const absent = fact.optional ? element("input", { type: "checkbox", on: { change: () => change() } }) : null;
  const none = absent === null ? null : element("label", { class: "hypolicy-none" }, absent, absentWords(fact));
  function change() {
    input.disabled = absent !== null && absent.checked;
    input.removeAttribute("aria-invalid");
    if (input.disabled) {
      context.told(null);
      return;
    }
    const { value = UNANSWERED, wrong = "" } = read();
    if (wrong) input.setAttribute("aria-invalid", "true");
    context.told(value, wrong);
  }
  input.addEventListener("change", change);
  input.addEventListener("input", () => {
    refresh();
    if (settled()) change();
  });
  refresh();
  return {
    group: false,
    element: element("div", { class: "hypolicy-written" }, parts, none),
    show: (value) => {
      if (absent !== null) absent.checked = value === null;
      input.disabled = value === null;
      input.value = value === null || value === UNANSWERED ? "" : print(value);
      refresh();
    },
    focus: () => input.focus(),
  };
}

function dateInput(fact, type, { ids, described }) {
  const input = element("input", { type: "date", id: ids.label, "aria-describedby": described });
  const read = () => {
    if (input.validity.badInput) return { wrong: "日期没有填完整，年、月、日都要填。" };
    if (input.value === "") return {};
    const year = Number(input.value.split("-")[0]);
    if (year < FIRST_YEAR || year > LAST_YEAR) {
      return { wrong: `年份应当在${FIRST_YEAR}年至${LAST_YEAR}年之间，请核对。` };
    }
    return { value: isoDay(input.value) };
  };
  return { input, parts: [input], read, print: isoText };
}

/** Digits as people type them: full width too, with commas between thousands. */
const plain = (text) =>
  text
    .trim()
    .replace(/[０-９．]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[,，]/g, "");

function numberInput(fact, type, { ids, described }) {
  const mode = type.whole ? "numeric" : "decimal";
  const input = element("input", { type: "text", inputmode: mode, id: ids.label, "aria-describedby": described, autocomplete: "off" });
  const most = type.whole ? BigInt(WORDS.limits.count) : BigInt(WORDS.limits.moneyFen) / 100n;
  const read = () => {
    const text = plain(input.value);
    if (text === "") return {};
    const found = type.whole ? /^(\d{1,18})$/.exec(text) : /^(\d{1,18})(?:\.(\d{1,2}))?$/.exec(text);
    if (found === null) {
      return { wrong: type.whole ? "请填整数，不带单位，例如60。" : "请填数字，不带单位，最多两位小数，例如1200.50。" };
    }
    const value = rational(BigInt(found[1] + (found[2] ?? "").padEnd(2, "0")), 100n);
    return value.n > most * value.d ? { wrong: "这个数太大了，请核对。" } : { value };
  };
  const unit = type.unit ? element("span", { class: "hypolicy-unit" }, type.unit) : null;
  return { input, parts: [input, unit], read, print: decimalText };
}

function decimalText(value) {
  const hundredths = String((value.n * 100n) / value.d).padStart(3, "0");
  const decimals = hundredths.slice(-2).replace(/0+$/, "");
  return hundredths.slice(0, -2) + (decimals ? `.${decimals}` : "");
}

function textInput(fact, type, { ids, described, keys, tables }) {
  const list = keys.length > 0 ? element("datalist", { id: newId() }, keys.map((key) => element("option", { value: key }))) : null;
  const about = element("p", { class: "hypolicy-hint", "aria-live": "polite" });
  const input = element("input", {
    type: "text",
    id: ids.label,
    list: list?.id ?? null,
    "aria-describedby": described,
    autocomplete: "off",
  });
  const typed = () => input.value.trim();
  const refresh = () => {
    const empty = list === null ? "" : "可以输入几个字，从列表中选择。";
    about.textContent = typed() === "" ? empty : tables.map((table) => table.says(typed())).join("");
  };
  const read = () => (typed() === "" ? {} : { value: typed() });
  return { input, parts: [input, list, about], read, print: (value) => value, settled: () => keys.includes(typed()), refresh };
}
