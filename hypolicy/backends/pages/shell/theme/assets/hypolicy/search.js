// Search over the sections of the site. Words and numbers are compared in one spelling: 二百元 is 200元, 百分之七十 is
// 70%, 第六条第一项 and 六（一） are the same clause, widths and white space do not count. Any part of a word is found.
"use strict";

const hypolicySearch = (() => {
  const DIGITS = "零一二三四五六七八九";
  // The place of the rows of a long table on its page, where they can be narrowed.
  const ROWS = "#rows";
  const SCALES = { 十: 10, 百: 100, 千: 1000 };

  // A whole number in Chinese numerals; null where the numerals make none.
  function numeral(text) {
    let total = 0, section = 0, digit = null;
    if (/^[零〇一二两三四五六七八九]{2,}$/.test(text)) {
      return Number([...text].map(value).join(""));
    }
    for (const char of text) {
      if (char === "万") {
        total += (section + (digit || 0)) * 1e4;
        section = 0; digit = null;
      } else if (char === "亿") {
        total = (total + section + (digit || 0)) * 1e8;
        section = 0; digit = null;
      } else if (char in SCALES) {
        section += (digit === null ? 1 : digit) * SCALES[char];
        digit = null;
      } else {
        digit = value(char);
      }
    }
    return total + section + (digit || 0);
  }

  function value(char) {
    return char === "两" ? 2 : char === "〇" ? 0 : DIGITS.indexOf(char);
  }

  // A text with, for each of its characters, the place in the original that it came from.
  function fold(text) {
    let out = "";
    const at = [];
    let place = 0;
    for (const char of text) {
      for (const folded of char.normalize("NFKC").toLowerCase()) {
        if (!/\s/.test(folded)) { out += folded; for (let i = 0; i < folded.length; i++) at.push(place); }
      }
      place += char.length;
    }
    return { text: out, at };
  }

  function replaced(folded, pattern, by) {
    let out = "";
    const at = [];
    let done = 0;
    for (const match of folded.text.matchAll(pattern)) {
      const word = by(match);
      if (word === null) continue;
      out += folded.text.slice(done, match.index) + word;
      at.push(...folded.at.slice(done, match.index));
      for (let i = 0; i < word.length; i++) at.push(folded.at[match.index]);
      done = match.index + match[0].length;
    }
    return { text: out + folded.text.slice(done), at: at.concat(folded.at.slice(done)) };
  }

  // One spelling for what means the same.
  function normal(text) {
    let folded = fold(text);
    folded = replaced(folded, /(?<=\d),(?=\d{3})/g, () => "");
    folded = replaced(folded, /(\d+(?:\.\d+)?)([万亿])/g, (m) => String(Math.round(m[1] * (m[2] === "万" ? 1e4 : 1e8))));
    folded = replaced(folded, /百分之([零〇一二两三四五六七八九十百\d.]+)/g,
      (m) => (/^[\d.]+$/.test(m[1]) ? m[1] : numeral(m[1])) + "%");
    folded = replaced(folded, /[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*/g, (m) => String(numeral(m[0])));
    folded = replaced(folded, /(\d+\.\d*?)0+(?!\d)/g, (m) => m[1].replace(/\.$/, ""));
    folded = replaced(folded, /第(\d+)[条章](?:第\(?(\d+)\)?[款项])?(?:第\(?(\d+)\)?[款项])?/g,
      (m) => m[1] + (m[2] ? `(${m[2]})` : "") + (m[3] ? `(${m[3]})` : ""));
    return folded;
  }

  // Where a word stands in a text; a number is found only as a whole: 6 is not in 16.
  function place(text, word, from = 0) {
    for (let i = text.indexOf(word, from); i >= 0; i = text.indexOf(word, i + 1)) {
      const before = text[i - 1] || "", after = text[i + word.length] || "";
      if (/^\d/.test(word) && /[\d.]/.test(before)) continue;
      if (/\d$/.test(word) && /[\d.]/.test(after)) continue;
      return i;
    }
    return -1;
  }

  // The same, with one character of the word mistyped; a number is never taken for another.
  function nearly(text, word) {
    if (word.length < 2 || /\d/.test(word)) return place(text, word);
    const quoted = [...word].map((char) => char.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const ways = quoted.map((_, i) => quoted.map((char, j) => (i === j ? "." : char)).join(""));
    return text.search(new RegExp(ways.join("|")));
  }

  let entries = [];

  function load(rows) {
    entries = rows.map(([address, page, heading, text]) => ({
      address, page, heading, text,
      title: normal(page).text, head: normal(heading).text, body: normal(text),
    }));
  }

  function count(text, word) {
    let n = 0;
    for (let i = place(text, word); i >= 0 && n < 5; i = place(text, word, i + word.length)) n++;
    return n;
  }

  function score(entry, words, find) {
    let total = 0;
    for (const word of words) {
      const title = find(entry.title, word), head = find(entry.head, word), body = find(entry.body.text, word);
      if (title < 0 && head < 0 && body < 0) return 0;
      if (title === 0) total += 60;
      else if (title > 0) total += 25;
      if (head >= 0) total += 20;
      total += find === place ? count(entry.body.text, word) : 1;
    }
    // A page's own beginning stands for the page, and a table for what is a row of it; worked cases come after what
    // they are cases of.
    if (!entry.address.includes("#")) total += 4;
    if (entry.address.endsWith(ROWS)) total += 5;
    return entry.address.startsWith("cases/") ? total / 100 : total;
  }

  function excerpt(entry, words, find) {
    for (const word of words) {
      const i = find(entry.body.text, word);
      if (i < 0) continue;
      const from = entry.body.at[i];
      const last = entry.body.at[Math.min(i + word.length, entry.body.at.length) - 1];
      const start = Math.max(0, from - 24);
      return {
        before: (start ? "……" : "") + entry.text.slice(start, from),
        hit: entry.text.slice(from, last + 1),
        after: entry.text.slice(last + 1, last + 40) + (last + 40 < entry.text.length ? "……" : ""),
      };
    }
    return { before: entry.text.slice(0, 60), hit: "", after: "" };
  }

  // The best sections first, at most three of a page.
  function search(query, most = 20) {
    const words = query.split(/\s+/).map((word) => normal(word).text).filter(Boolean);
    if (!words.length) return [];
    for (const find of [place, nearly]) {
      const found = entries.map((entry) => ({ entry, score: score(entry, words, find) })).filter((one) => one.score > 0);
      if (!found.length) continue;
      found.sort((a, b) => b.score - a.score);
      const seen = {};
      return found
        .filter(({ entry }) => (seen[entry.page] = (seen[entry.page] || 0) + 1) <= 3)
        .slice(0, most)
        .map(({ entry }) => ({ ...entry, excerpt: excerpt(entry, words, find) }));
    }
    return [];
  }

  // Where a section is; of a long table, with the words to narrow it by.
  function address({ address, excerpt: { hit } }) {
    return hit && address.endsWith(ROWS) ? `${address}=${encodeURIComponent(hit)}` : address;
  }

  return { load, search, address, normal: (text) => normal(text).text, ready: () => entries.length > 0 };
})();

if (typeof module !== "undefined") module.exports = hypolicySearch;
