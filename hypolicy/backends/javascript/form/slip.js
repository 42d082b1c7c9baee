// The result slip for paper: what was answered, what it came to and why, by which rules, and a code to check it by.

import { valueText } from "../runtime/phrases.js";
import { once, withoutEnd } from "../runtime/texts.js";
import { element } from "./dom.js";
import { changedReadings } from "./results.js";

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;

/** A code of a text (FNV-1a, 64 bits): a slip that was copied wrongly, or changed, does not fit it. */
export function checkCode(text) {
  let code = OFFSET;
  for (const byte of new TextEncoder().encode(text)) code = ((code ^ BigInt(byte)) * PRIME) & MASK;
  return code.toString(16).toUpperCase().padStart(16, "0").replace(/(.{4})(?=.)/g, "$1-");
}

/** What a code is made from: the version of the rules, the answers, and the results. */
export const checkedText = (version, answers, told) =>
  JSON.stringify([version, answers, told.map((one) => (one?.items ?? []).map((item) => [item.item, item.headline]))]);

const sentence = (line) => {
  const mark = line.holds === false ? "×　" : "";
  const clause = line.clause ? `【${line.clause}】` : "";
  return `${mark}${withoutEnd(line.text, "。：")}。${clause}`;
};

const lines = (list) => list.map((line) => element("li", {}, sentence(line), parts(line)));

const parts = (line) => (line.details.length === 0 ? null : element("ul", {}, lines(line.details)));

/** The facts of a table, two in a row. */
const pairs = (facts) => facts.filter((_, i) => i % 2 === 0).map((fact, i) => facts.slice(2 * i, 2 * i + 2));

function cells(answers, record, fact) {
  const value = record[fact] === null ? "没有" : valueText(record[fact], answers.typeOf(fact));
  return [element("th", { scope: "row" }, answers.kind.facts[fact].name), element("td", {}, value)];
}

/**
 * The slip, as an element that is only seen on paper. `told` are the narratives of the records of `answers`; null of one
 * that contradicts itself.
 */
export function slip(answers, told, { title, number, version, total, address }) {
  const { kind } = answers;
  const code = checkCode(checkedText(version, answers.toData(), told));
  const records = answers.records.map((record, place) => [
    element("h2", {}, answers.records.length > 1 ? `${kind.name}${place + 1}` : kind.name),
    element(
      "table",
      {},
      element("caption", {}, "所填事实"),
      element("tbody", {}, pairs(answers.answered(record)).map((row) => element("tr", {}, row.map((fact) => cells(answers, record, fact))))),
    ),
    told[place] === null ? element("p", {}, "所填的事实互相矛盾，没有计算。") : told[place].items.map((item) => [
      element("h3", {}, `${item.item}：${item.headline}`),
      element("ol", {}, lines(item.steps)),
      item.ways.length > 0 ? element("p", {}, "还差什么（供对照，不是审定决定）：") : null,
      item.ways.length > 0 ? element("ul", {}, lines(item.ways)) : null,
    ]),
  ]);
  const sound = told.filter((one) => one !== null);
  const remarks = once(sound.flatMap((one) => one.remarks));
  const changed = sound.filter((one) => one.changed.length > 0).slice(0, 1);
  return element(
    "div",
    { class: "hypolicy-slip", lang: "zh-CN" },
    element("p", {}, `${title}　${number}`),
    element("h1", {}, "试算结果单"),
    element("p", { class: "hypolicy-total" }, total),
    changed.map((one) => element("p", {}, changedReadings(one))),
    records,
    remarks.map((remark) => element("p", {}, remark)),
    element(
      "table",
      { class: "hypolicy-imprint" },
      element(
        "tbody",
        {},
        [
          ["规则版本", version],
          ["校验码", code],
          ["再次打开", element("a", { href: address }, "电子版可以从这里打开本次试算")],
        ].map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value))),
      ),
    ),
    element("p", { class: "hypolicy-sign" }, "核对人：＿＿＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日"),
  );
}
