// What a record comes to, shown: the result of each benefit, what is still to be answered, the reasoning with links to
// the clauses, and what would have to be otherwise.

import { say } from "../runtime/failures.js";
import { Status } from "../runtime/outcome.js";
import { walk } from "../runtime/steps.js";
import { once, withoutEnd } from "../runtime/texts.js";
import { button, element, spoken } from "./dom.js";

const TONES = {
  [Status.GRANTED]: "granted",
  [Status.DENIED]: "denied",
  [Status.PENDING]: "pending",
};
const MARKS = new Map([
  [true, ["✓", "符合"]],
  [false, ["✗", "不符合"]],
]);

const MOST_LINKS = 6;

/** Tables without official data that the amount of an item rests on. */
function illustrativeIn({ cases, amount }) {
  const held = amount === null ? [] : cases.filter((one) => one.holds === true && one.name === amount.case);
  const lookups = held.flatMap((one) => walk(one.amount)).filter(({ kind }) => kind === "Lookup");
  return once(lookups.filter(({ version }) => version !== null && version.illustrative).map(({ table }) => table));
}

/** A sentence with its stop. */
const sentence = (text) => `${withoutEnd(text, "。：")}。`;

/** The 口径 under which this is no result of the policy itself. */
export const changedReadings = ({ changed }) => `改选的口径：${changed.join("；")}。`;

/** Shows results with links: `clause(number)` gives an element for a clause, or a text where it has no page. */
export class Results {
  constructor(clause) {
    this.clause = clause;
  }

  /** A record that breaks some 校验, which cannot be decided: what is wrong, and the way to it. */
  contradiction(title, broken, ask) {
    const links = broken.map(({ message, fact }) => element("li", {}, button(message, () => ask(fact), { class: "hypolicy-link" })));
    return element(
      "section",
      { class: "hypolicy-told hypolicy-contradiction" },
      element("p", { class: "hypolicy-error" }, `${title}所填的事实互相矛盾，改正后再算：`),
      element("ul", {}, links),
    );
  }

  /**
   * One record: its title (empty where there is but one), and each of its benefits as they are told and traced.
   * `open` are the questions that each still needs, and `ask` goes to one.
   */
  record(title, told, trace, open, ask) {
    const level = title === "" ? 4 : 5;
    const unofficial = new Map(trace.items.map((item) => [item.item, illustrativeIn(item)]));
    const remarks = told.remarks.map((remark) => element("p", {}, remark));
    return element(
      "section",
      { class: "hypolicy-told" },
      title === "" ? null : element("h4", {}, title),
      told.changed.length > 0 ? element("p", { class: "hypolicy-unofficial" }, changedReadings(told)) : null,
      told.items.map((item) => this.#item(level, item, unofficial.get(item.item), open.get(item.item) ?? [], ask)),
      told.notApplicable.length > 0
        ? element("p", { class: "hypolicy-apart" }, `不适用：${told.notApplicable.map((item) => item.item).join("、")}。`)
        : null,
      element("div", { class: "hypolicy-remarks" }, remarks),
    );
  }

  #item(level, item, unofficial, open, ask) {
    const waiting = open.length > 0;
    return element(
      "article",
      { class: `hypolicy-item hypolicy-${TONES[item.status]}` },
      element(
        `h${level}`,
        { class: "hypolicy-result" },
        element("span", { class: "hypolicy-name" }, item.item),
        element("span", { class: "hypolicy-status" }, waiting ? "还要回答" : item.status),
        item.amount ? element("strong", { class: "hypolicy-amount" }, item.amount) : null,
      ),
      waiting ? this.#waiting(open, ask) : element("p", {}, item.headline),
      unofficial.map((table) => element("p", { class: "hypolicy-unofficial" }, say("ILLUSTRATIVE_TABLE", { table }))),
      element("div", { class: "hypolicy-ways", hidden: true, "data-item": item.item, "data-level": level + 1 }),
      this.#reasoning(item, waiting),
    );
  }

  #waiting(open, ask) {
    const links = open.slice(0, MOST_LINKS).map(({ fact, name }) => button(name, () => ask(fact), { class: "hypolicy-link" }));
    return element("p", {}, `还要回答${open.length}项：`, links, open.length > MOST_LINKS ? "等。" : "。");
  }

  /**
   * 还差什么, as information and not as advice to alter facts: put into a record that is shown already. Where `more` has
   * to be answered first, by the item's name, that.
   */
  ways(shown, items, more) {
    for (const place of shown.querySelectorAll(".hypolicy-ways")) {
      const { ways } = items.find(({ item }) => item === place.dataset.item);
      const first = more.get(place.dataset.item);
      place.hidden = ways.length === 0;
      place.replaceChildren(
        element(`h${place.dataset.level}`, {}, "还差什么"),
        first === null
          ? element("ul", {}, ways.map((way) => element("li", {}, sentence(way.text), this.#details(way))))
          : button(`再回答${first.left}项，看还差什么`, first.ask),
        element("p", { class: "hypolicy-hint" }, "供对照，不是审定决定；事实以证明材料为准。"),
      );
    }
  }

  #reasoning(item, folded) {
    return element(
      "details",
      { open: !folded },
      element("summary", {}, "怎样得出"),
      element("ol", { class: "hypolicy-steps" }, item.steps.map((step) => this.#line(step, ""))),
      item.readings.length > 0 ? element("p", { class: "hypolicy-label" }, "采用的口径") : null,
      item.readings.length > 0
        ? element("ul", {}, item.readings.map((reading) => this.#line(reading, "")))
        : null,
    );
  }

  /** A line with its mark, its clause where that is not the one above, and the lines under it. */
  #line(line, above) {
    const [mark, words] = MARKS.get(line.holds) ?? ["", ""];
    const clause = line.clause && line.clause !== above ? this.clause(line.clause) : null;
    const told = [sentence(line.text), clause === null ? null : element("span", { class: "hypolicy-clause" }, "【", clause, "】")];
    const tone = mark === "" ? "plain" : line.holds ? "good" : "bad";
    const shown = mark === "" ? told : [element("span", { class: "hypolicy-mark", "aria-hidden": "true" }, mark), spoken(`${words}：`), told];
    return element("li", { class: `hypolicy-${tone}` }, shown, this.#details(line));
  }

  #details(line) {
    if (line.details.length === 0) return null;
    return element("ul", {}, line.details.map((detail) => this.#line(detail, line.clause)));
  }
}
