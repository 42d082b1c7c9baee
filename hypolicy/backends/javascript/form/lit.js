// What of the page the last answer rests on: rows of tables and versions of parameters that the page shows are lit.

import { isoText } from "../runtime/records.js";
import { walk } from "../runtime/steps.js";

const LIT = "hypolicy-lit";

/** The rows and versions that the amounts of traces rest on, as keys. */
function used(traces) {
  const keys = new Set();
  for (const { cases, amount } of traces.flatMap(({ items }) => items)) {
    if (amount === null) continue;
    const held = cases.find((one) => one.holds === true && one.name === amount.case);
    const rates = amount.uplifts.filter((uplift) => uplift.holds === true).map((uplift) => uplift.rate);
    for (const step of [held.amount, ...rates].flatMap(walk)) {
      if (step.kind === "Lookup") keys.add(JSON.stringify([step.table, step.keys.map((key) => key.value)]));
      if (step.kind === "ParameterRef") {
        keys.add(JSON.stringify([step.name]));
        keys.add(JSON.stringify([step.name, isoText(step.period[0])]));
      }
    }
  }
  return keys;
}

function keyOf({ hypolicyTable: table, hypolicyKey: key, hypolicyParameter: parameter, hypolicyFrom: from }) {
  if (table !== undefined) return JSON.stringify([table, JSON.parse(key)]);
  return JSON.stringify(from === undefined ? [parameter] : [parameter, from]);
}

/** Lights, of the elements marked `data-hypolicy-table` or `data-hypolicy-parameter`, those that were used. */
export function light(traces) {
  const keys = used(traces);
  for (const marked of document.querySelectorAll("[data-hypolicy-table], [data-hypolicy-parameter]")) {
    const lit = keys.has(keyOf(marked.dataset));
    marked.classList.toggle(LIT, lit);
    if (lit) marked.setAttribute("aria-current", "true");
    else marked.removeAttribute("aria-current");
  }
}
