// The calculator: a form made from the vocabulary, that asks what still matters, and what the rules say to it.
//
// It knows nothing of any policy: facts, groups and words are data. Nothing leaves the page; what has been answered
// stands in the fragment of its address.

import { Chosen, Functions } from "../runtime/compile.js";
import { Explainer } from "../runtime/explain.js";
import { narrate } from "../runtime/narration.js";
import { Status } from "../runtime/outcome.js";
import { fenInYuan } from "../runtime/phrases.js";
import { Questions } from "../runtime/questions.js";
import { UNANSWERED } from "../runtime/records.js";
import { RULES } from "../runtime/rules.js";
import { Screen } from "../runtime/screen.js";
import { once } from "../runtime/texts.js";
import { PAGE, SETTINGS } from "./page.js";
import { Answers, fromFragment, isOurs, toFragment } from "./answers.js";
import { button, element, newId } from "./dom.js";
import { field } from "./fields.js";
import { light } from "./lit.js";
import { Results } from "./results.js";
import { slip } from "./slip.js";

/** The record that the calculator asks for: of the first kind that a benefit is for. */
const KIND = RULES.records.find(({ name }) => RULES.benefits.some((benefit) => benefit.record === name));

/** The pages of clauses, below the root of the site. */
const LINKS = new Map(PAGE.links);

class Calculator {
  constructor(host) {
    this.host = host;
    this.root = host.dataset.root ?? "";
    const only = host.dataset.item;
    this.benefits = RULES.benefits.filter(
      ({ name, record }) => record === KIND.name && (only === undefined || name === only),
    );
    this.answers = new Answers(RULES, KIND);
    this.readings = new Map(SETTINGS.readings);
    this.results = new Results((clause) => this.clause(clause));
    this.notes = element("div", { class: "hypolicy-notes", role: "status" });
    this.forms = element("div", {});
    this.total = element("p", { role: "status" });
    const heading = element("h3", { tabindex: "-1" }, "试算结果");
    const toResults = button("看结果", () => heading.focus(), { class: "hypolicy-link" });
    this.summary = element("div", { class: "hypolicy-total", hidden: true }, this.total, toResults);
    this.told = element("section", { class: "hypolicy-results", "aria-label": "试算结果" });
    this.views = [];
    this.host.replaceChildren(
      element("p", { class: "hypolicy-hint" }, "只问影响结果的事实；所填内容只留在本页，不会发送到任何地方。"),
      this.notes,
      this.forms,
      element(
        "div",
        { class: "hypolicy-actions" },
        button(`再加一条（照抄上一条）`, () => this.#add(this.answers.records.length - 1)),
        button("打印结果单", () => this.#print()),
        button("全部清空", () => this.#clear()),
      ),
      this.#readingChoices(),
      heading,
      this.told,
      this.summary,
    );
    this.#choose();
    this.#open(location.hash);
    addEventListener("hashchange", () => {
      if (isOurs(location.hash) && location.hash !== this.fragment) this.#open(location.hash);
    });
  }

  // --- state

  /** The rules under the readings chosen. */
  #choose() {
    const settings = { ...SETTINGS, readings: [...this.readings] };
    this.chosen = new Chosen(RULES, settings);
    this.explainer = new Explainer(this.chosen);
    const functions = new Functions(this.chosen);
    this.questions = new Questions(this.chosen, this.benefits, functions, this.explainer.ledger);
    this.screen = new Screen(this.chosen, KIND);
  }

  /** Takes what a fragment says, if it is one of ours. */
  #open(fragment) {
    const state = fromFragment(fragment);
    this.notes.replaceChildren();
    if (state !== null) {
      const lost = this.answers.take(state.records);
      const known = new Map(RULES.readings.map((reading) => [reading.name, reading]));
      this.readings = new Map(state.readings.filter(([name, option]) => known.get(name)?.options.includes(option)));
      this.#choose();
      this.#note(state.version === PAGE.version ? "" : "这个地址是用另一版规则保存的，下面按本页的规则重新计算。");
      this.#note(lost.length === 0 ? "" : `本页的规则没有这些事实或者取值，请重新填写：${lost.join("、")}。`);
    } else if (isOurs(fragment)) {
      this.#note("地址中的内容不完整，没有读出来；请重新填写。");
    }
    this.#rebuild();
  }

  #note(words) {
    if (words) this.notes.append(element("p", {}, words));
  }

  #add(like) {
    this.answers.add(like === undefined ? [] : this.answers.records[like]);
    this.#rebuild();
    this.views[this.views.length - 1].focus();
  }

  #remove(place) {
    this.answers.remove(place);
    if (this.answers.records.length === 0) this.answers.add();
    this.#rebuild();
    this.views[Math.min(place, this.views.length - 1)].focus();
  }

  #clear() {
    this.answers.take([]);
    this.readings = new Map(SETTINGS.readings);
    this.#choose();
    this.notes.replaceChildren();
    this.#rebuild();
    this.views[0].focus();
  }

  /** All forms anew, for records that have come or gone. */
  #rebuild() {
    this.views = this.answers.records.map((_, place) => new RecordView(this, place));
    this.forms.replaceChildren(...this.views.map((view) => view.element));
    this.#showReadings();
    this.update();
  }

  // --- from answers to results

  update() {
    const { records } = this.answers;
    const broken = records.map((record) => this.screen.violations(record));
    const open = records.map((record, place) => this.questions.of(record, this.views[place].everythingOf));
    this.views.forEach((view, place) => view.update(open[place], broken[place]));
    const sound = records.map((_, place) => place).filter((place) => broken[place].length === 0);
    const batch = sound.map((place) => records[place]);
    const names = new Set(this.benefits.map(({ name }) => name));
    this.traces = batch.map((_, place) => {
      const trace = this.explainer.explain(batch, place, [], KIND, { nearest: false });
      return { ...trace, items: trace.items.filter(({ item }) => names.has(item)) };
    });
    this.batch = batch;
    this.narratives = this.traces.map(narrate);
    this.#show(sound, open, broken);
    light(this.traces);
    // The answer comes first: an address takes the browser longer, and so does finding what would have to be otherwise.
    clearTimeout(this.later);
    this.later = setTimeout(() => this.#finish(), 0);
  }

  /** What an answer brings with it, unless it is there already. */
  #finish() {
    clearTimeout(this.later);
    this.#keep();
    this.#seek();
  }

  /** Finds the smallest changes, unless they have been found. */
  #seek() {
    if (this.traces.every(({ sought }) => sought)) return;
    this.traces = this.traces.map((trace, place) => ({
      ...trace,
      sought: true,
      items: trace.items.map((item) => ({
        ...item,
        nearest: this.explainer.nearest(item, item.decision.edition, this.batch[place], KIND),
      })),
    }));
    this.narratives = this.traces.map(narrate);
    this.shown.forEach(({ told, place }, at) => {
      const more = new Map(this.traces[at].items.map((item) => [item.item, this.#more(item, place, at)]));
      this.results.ways(told, this.narratives[at].items, more);
    });
  }

  /** What to answer so that it can be told what would have to be otherwise; null where nothing is left to answer. */
  #more({ item, nearest }, place, at) {
    if (nearest === null || nearest.ways.length > 0) return null;
    const benefit = this.benefits.find(({ name }) => name === item);
    const left = this.questions.everything(this.batch[at], benefit).size;
    return left === 0 ? null : { left, ask: () => this.views[place].askEverything(item) };
  }

  #show(sound, open, broken) {
    this.sound = sound;
    this.shown = new Map();
    const many = this.answers.records.length > 1;
    const titles = this.answers.records.map((_, place) => (many ? this.title(place) : ""));
    const shown = this.answers.records.map((record, place) => {
      const at = sound.indexOf(place);
      if (this.answers.answered(record).length === 0) return null;
      const ask = (fact) => this.views[place].ask(fact);
      if (at < 0) return this.results.contradiction(this.title(place), broken[place], ask);
      const names = new Map(
        [...open[place]].map(([item, facts]) => [item, [...facts.keys()].map((fact) => ({ fact, name: KIND.facts[fact].name }))]),
      );
      const told = this.results.record(titles[place], this.narratives[at], this.traces[at], names, ask);
      this.shown.set(at, { told, place });
      return told;
    });
    const any = shown.filter((one) => one !== null);
    this.told.replaceChildren(...(any.length > 0 ? any : [element("p", { class: "hypolicy-hint" }, "填写之后，这里说明结果和理由。")]));
    this.left = open.map((needed) => new Set([...needed.values()].flatMap((facts) => [...facts.keys()])).size);
    this.total.textContent = any.length > 0 ? this.totalText() : "";
    this.summary.hidden = any.length === 0;
  }

  /** What is granted altogether, and how much is still open. */
  totalText() {
    const granted = this.traces.flatMap(({ items }) => items).filter(({ decision }) => decision.status === Status.GRANTED);
    const sum = granted.reduce((fen, { decision }) => fen + decision.fen, 0n);
    const left = this.left.reduce((sum, count) => sum + count, 0);
    const what = granted.length > 0 ? `合计准予${fenInYuan(sum)}` : "";
    if (left > 0) return what ? `${what}；还要回答${left}项。` : `还要回答${left}项。`;
    return `${what || (this.sound.length < this.answers.records.length ? "没有算出结果" : "没有准予的项目")}。`;
  }

  title(place) {
    return this.answers.records.length > 1 ? `${KIND.name}${place + 1}` : KIND.name;
  }

  /** A clause as a link to its page, or by its number alone. */
  clause(number) {
    const address = LINKS.get(number);
    return address === undefined ? number : element("a", { href: this.root + address }, number);
  }

  /** What stands in the address: only the fragment changes, and nothing is sent. */
  #keep() {
    const empty = this.answers.records.every((record) => this.answers.answered(record).length === 0);
    if (empty && !isOurs(location.hash)) return;
    const changed = [...this.readings].filter(([name, option]) => RULES.readings.some((one) => one.name === name && one.default !== option));
    this.fragment = empty ? "" : toFragment(PAGE.version, this.answers.toData(), changed);
    history.replaceState(null, "", this.fragment || location.pathname + location.search);
  }

  // --- readings

  /** Other readings of the text, for those who compare them. */
  #readingChoices() {
    const open = RULES.readings.filter((reading) => !reading.fixed);
    this.selects = new Map(
      open.map((reading) => [
        reading.name,
        element(
          "select",
          { id: newId(), on: { change: (event) => this.#read(reading, event.target.value) } },
          reading.options.map((option) => element("option", { value: option }, option === reading.default ? `${option}（政策默认）` : option)),
        ),
      ]),
    );
    if (open.length === 0) return null;
    return element(
      "details",
      { class: "hypolicy-readings" },
      element("summary", {}, "按另一种口径试算"),
      element("p", { class: "hypolicy-hint" }, "条文有几种理解的，政策已经选定一种；这里可以换一种，比较结果。"),
      open.map((reading) => {
        const select = this.selects.get(reading.name);
        const label = element("label", { class: "hypolicy-label", for: select.id }, reading.question || reading.name);
        return element("div", { class: "hypolicy-question" }, label, select);
      }),
    );
  }

  #read(reading, option) {
    if (option === reading.default) this.readings.delete(reading.name);
    else this.readings.set(reading.name, option);
    this.#choose();
    this.update();
  }

  #showReadings() {
    for (const [name, select] of this.selects) {
      select.value = this.chosen.option(RULES.readings.find((reading) => reading.name === name));
    }
  }

  // --- paper

  #print() {
    this.#finish();
    const told = this.answers.records.map((_, place) => this.narratives[this.sound.indexOf(place)] ?? null);
    const made = slip(this.answers, told, {
      title: RULES.title,
      number: RULES.number,
      version: PAGE.version,
      total: this.totalText(),
      address: location.href,
    });
    document.body.append(made);
    document.documentElement.classList.add("hypolicy-printing");
    addEventListener(
      "afterprint",
      () => {
        document.documentElement.classList.remove("hypolicy-printing");
        made.remove();
      },
      { once: true },
    );
    print();
  }

  copy(place) {
    this.#add(place);
  }

  remove(place) {
    this.#remove(place);
  }
}

/** The form of one record: its questions in the groups of the vocabulary, those shown that matter or were answered. */
class RecordView {
  constructor(calculator, place) {
    this.calculator = calculator;
    this.place = place;
    this.record = calculator.answers.records[place];
    this.fields = new Map();
    this.whys = new Map();
    this.everythingOf = new Set();
    this.title = element("h3", { tabindex: "-1" }, calculator.title(place));
    this.groups = this.#groups();
    const many = calculator.answers.records.length > 1;
    this.element = element(
      "section",
      { class: "hypolicy-record" },
      element(
        "header",
        {},
        this.title,
        many ? button("照抄一条", () => calculator.copy(place)) : null,
        many ? button("删去这一条", () => calculator.remove(place)) : null,
      ),
      this.groups.map((group) => group.element),
    );
  }

  /** What tells which benefits apply, and then the groups of the vocabulary. */
  #groups() {
    const { answers, questions } = this.calculator;
    const first = questions.first();
    const asked = KIND.facts.map((_, fact) => fact).filter((fact) => !answers.filledIn.has(fact));
    const later = asked.filter((fact) => !first.has(fact));
    const groups = once(later.map((fact) => KIND.facts[fact].group)).map((name) => [
      name || KIND.name,
      later.filter((fact) => KIND.facts[fact].group === name),
    ]);
    return [["先回答", asked.filter((fact) => first.has(fact))], ...groups].map(([name, facts]) => this.#group(name, facts));
  }

  #group(name, facts) {
    facts.forEach((fact) => this.#field(fact));
    const rest = button("本组其余都选“否”", () => this.#denyRest(facts), { class: "hypolicy-button hypolicy-rest" });
    const title = element("h4", { id: newId() }, name);
    const made = element(
      "div",
      { class: "hypolicy-group", role: "group", "aria-labelledby": title.id },
      title,
      facts.map((fact) => this.fields.get(fact).element),
      rest,
    );
    return { element: made, facts, rest };
  }

  #field(fact) {
    const why = element("details", { class: "hypolicy-why" }, element("summary", {}, "为什么问"));
    const made = field(KIND.facts[fact], this.calculator.answers.typeOf(fact), this.#keys(fact), (value) => this.#answer(fact, value));
    made.about.append(why);
    made.show(this.record[fact]);
    this.fields.set(fact, made);
    this.whys.set(fact, why);
  }

  /** The tables that a text is looked up in: their keys to choose from, and what is said of a text. */
  #keys(fact) {
    const { chosen } = this.calculator;
    const places = new Map();
    for (const node of RULES.nodes) {
      const keys = node.kind === "Lookup" ? node.parts.map((part, i) => [part, i]) : node.kind === "InTable" ? [[node.parts[0], node.key]] : [];
      for (const [part, place] of keys) {
        const read = RULES.nodes[part];
        if (read.kind === "FactRef" && read.fact === fact && RULES.records[read.record] === KIND) places.set(`${node.table} ${place}`, [node.table, place]);
      }
    }
    const tables = [...places.values()].map(([table, place]) => ({ name: chosen.tables[table].name, keys: once(chosen.keysOf(chosen.tables[table], place)) }));
    return {
      keys: once(tables.flatMap((table) => table.keys)),
      tables: tables.map(({ name, keys }) => ({
        says: (text) => (keys.includes(text) ? `“${text}”在「${name}」中。` : `「${name}」中没有“${text}”，请核对名称；确实没有的，照填。`),
      })),
    };
  }

  #answer(fact, value) {
    this.record[fact] = value;
    this.calculator.update();
  }

  /** Answers 否 to every yes-or-no question of a group that is still open. */
  #denyRest(facts) {
    for (const fact of facts.filter((one) => this.#isOpenTruth(one))) {
      this.record[fact] = false;
      this.fields.get(fact).show(false);
    }
    this.calculator.update();
  }

  #isOpenTruth(fact) {
    return this.record[fact] === UNANSWERED && !this.fields.get(fact).element.hidden && this.calculator.answers.typeOf(fact).kind === "bool";
  }

  /** Shows the questions that matter now or were answered, and what is wrong with the answers. */
  update(open, broken) {
    const needed = new Map();
    for (const facts of open.values()) {
      for (const [fact, reasons] of facts) needed.set(fact, [...(needed.get(fact) ?? []), ...reasons]);
    }
    for (const [fact, { element: shown, tell }] of this.fields) {
      // What somebody is just at is not taken away.
      const busy = shown.contains(document.activeElement);
      shown.hidden = !needed.has(fact) && this.record[fact] === UNANSWERED && !busy;
      const wrong = broken.filter((one) => one.fact === fact).map((one) => `${one.message}，请核对。`);
      if (wrong.length > 0) shown.hidden = false;
      if (wrong.length > 0 || this.record[fact] !== UNANSWERED) tell(wrong.join(""));
      if (needed.has(fact)) this.#explain(fact, needed.get(fact));
    }
    for (const { element: shown, facts, rest } of this.groups) {
      shown.hidden = facts.every((fact) => this.fields.get(fact).element.hidden);
      rest.hidden = facts.filter((fact) => this.#isOpenTruth(fact)).length < 2;
    }
  }

  /** Why a fact is asked: what it is needed for, in the words of the rules, and what these mean. */
  #explain(fact, reasons) {
    const why = this.whys.get(fact);
    const told = reasons.map(({ node, benefit }) => {
      const { kind, name, words, clause, parts } = RULES.nodes[node] ?? {};
      if (node === null) return [`${benefit.name}的次数和限额要用到。`];
      const named = kind === "ConceptRef";
      const means = named ? `「${name}」指：${RULES.nodes[parts[0]].words}。` : "";
      const link = clause ? ["【", this.calculator.clause(clause), "】"] : [];
      return [`${benefit.name}要判断“${named ? name : words}”`, ...link, `。${means}`];
    });
    const distinct = [...new Map(told.map((one) => [one.filter((part) => typeof part === "string").join(""), one])).values()];
    why.replaceChildren(why.firstChild, element("ul", {}, distinct.map((one) => element("li", {}, one))));
  }

  /** Asks all that can be told of a benefit, though it is refused. */
  askEverything(item) {
    this.everythingOf.add(item);
    this.calculator.update();
    this.focus();
  }

  /** Goes to a question. */
  ask(fact) {
    this.fields.get(fact)?.focus();
  }

  focus() {
    this.title.focus();
  }
}

if (KIND !== undefined) document.querySelectorAll(".hypolicy-calculator").forEach((host) => new Calculator(host));
