// What the pages do by themselves: the search box, the filter of long tables, and folded parts opened for print.
"use strict";

(() => {
  const form = document.querySelector(".hp-search");
  if (form) searchBox(form);
  for (const filter of document.querySelectorAll("form[data-hp-filter]")) tableFilter(filter);

  for (const input of document.querySelectorAll("input[data-hp-editions]")) anyDay(input);

  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not(.hp-code details):not([open])")) {
      part.open = true;
      part.dataset.hpPrinted = "";
    }
  });
  addEventListener("afterprint", () => {
    for (const part of document.querySelectorAll("details[data-hp-printed]")) {
      part.open = false;
      delete part.dataset.hpPrinted;
    }
  });

  // The label that opens the contents answers the space bar as a button does; the theme sees to Enter.
  for (const label of document.querySelectorAll("label[role=button]")) {
    label.addEventListener("keydown", (event) => {
      if (event.key === " ") { event.preventDefault(); label.click(); }
    });
  }

  function element(tag, words, className) {
    const made = document.createElement(tag);
    if (words) made.textContent = words;
    if (className) made.className = className;
    return made;
  }

  function searchBox(box) {
    const input = box.querySelector("input");
    const list = box.querySelector(".hp-found");
    const status = box.querySelector(".hp-found-count");
    let chosen = -1;

    function fetchIndex() {
      if (hypolicySearch.ready() || box.dataset.asked) return;
      box.dataset.asked = "yes";
      const script = document.createElement("script");
      script.src = box.dataset.index;
      script.addEventListener("load", show);
      document.head.append(script);
    }

    function show() {
      const query = input.value.trim();
      chosen = -1;
      list.replaceChildren();
      if (!query || !hypolicySearch.ready()) return close();
      const found = hypolicySearch.search(query);
      found.forEach((one, i) => {
        const link = element("a", "", "hp-hit");
        link.href = box.dataset.root + hypolicySearch.address(one);
        link.id = `hp-hit-${i}`;
        link.setAttribute("role", "option");
        link.append(element("b", one.heading ? `${one.page} · ${one.heading}` : one.page));
        const words = element("span", one.excerpt.before);
        if (one.excerpt.hit) words.append(element("mark", one.excerpt.hit), one.excerpt.after);
        link.append(words);
        list.append(link);
      });
      if (!found.length) list.append(element("p", "没有找到。可以换一个词，或者只写其中几个字。"));
      status.textContent = found.length ? `找到${found.length}处` : "没有找到";
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    }

    function close() {
      list.hidden = true;
      status.textContent = "";
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function choose(step) {
      const hits = [...list.querySelectorAll(".hp-hit")];
      if (!hits.length) return;
      chosen = (chosen + step + hits.length) % hits.length;
      hits.forEach((hit, i) => hit.setAttribute("aria-selected", String(i === chosen)));
      input.setAttribute("aria-activedescendant", hits[chosen].id);
      hits[chosen].scrollIntoView({ block: "nearest" });
    }

    input.addEventListener("focus", fetchIndex);
    input.addEventListener("input", () => { fetchIndex(); show(); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        choose(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        close();
      }
    });
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      const hits = list.querySelectorAll(".hp-hit");
      if (hits.length) location.href = hits[Math.max(chosen, 0)].href;
    });
    document.addEventListener("click", (event) => { if (!box.contains(event.target)) close(); });
    list.addEventListener("click", close);
  }

  // From a day to the page as of that day: the edition that began last.
  function anyDay(input) {
    const parts = input.dataset.hpEditions.split(" ");
    const editions = parts.flatMap((part, i) => (i % 2 ? [] : [{ from: part, address: parts[i + 1] }]));
    input.closest("label").hidden = false;
    input.addEventListener("change", () => {
      const began = editions.filter(({ from }) => from <= input.value);
      if (began.length && input.validity.valid) location.href = began[began.length - 1].address;
    });
  }

  function tableFilter(filter) {
    const rows = [...document.querySelectorAll(`#${filter.dataset.hpFilter} tbody tr`)].map((row) => ({
      row,
      words: hypolicySearch.normal(row.textContent),
      cells: [...row.cells].map((cell) => cell.textContent.trim()),
    }));
    const count = filter.querySelector("[role=status]");

    function apply() {
      const wanted = hypolicySearch.normal(filter.elements.words.value);
      const chosen = [...filter.querySelectorAll("select")].filter((each) => each.value);
      let shown = 0;
      for (const { row, words, cells } of rows) {
        const fits = words.includes(wanted) && chosen.every((each) => cells[each.dataset.column] === each.value);
        row.hidden = !fits;
        shown += fits;
      }
      count.textContent = shown ? `${shown}行` : "没有符合的行";
    }

    // #rows=焊工, as the search says where it has found something in the table.
    function asked() {
      const [place, words] = location.hash.slice(1).split("=");
      if (place !== "rows" || !words) return;
      filter.reset();
      filter.elements.words.value = decodeURIComponent(words);
      apply();
      filter.scrollIntoView();
    }

    addEventListener("hashchange", asked);
    asked();
    filter.addEventListener("input", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
  }
})();
