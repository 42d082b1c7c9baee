// Texts in order, by code point as everywhere else and not by the machine's halves of characters.

import { difference, exactText, isNumber } from "./numbers.js";

export function textOrder(a, b) {
  const one = [...a];
  const other = [...b];
  for (let i = 0; i < one.length && i < other.length; i += 1) {
    const step = one[i].codePointAt(0) - other[i].codePointAt(0);
    if (step !== 0) return step;
  }
  return one.length - other.length;
}

const WHOLE = /^-?[0-9]{1,4000}$/;

/** Identifiers: whole numbers by value and before other texts, which go by code point. */
export function identifierOrder(a, b) {
  const [whole, otherWhole] = [WHOLE.test(a), WHOLE.test(b)];
  if (whole !== otherWhole) return whole ? -1 : 1;
  const [one, other] = whole ? [BigInt(a), BigInt(b)] : [0n, 0n];
  return one < other ? -1 : one > other ? 1 : textOrder(a, b);
}

/** The first place at which two rows of numbers and texts differ decides; a shorter row that is all alike is first. */
export function rowOrder(a, b) {
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    const step = valueOrder(a[i], b[i]);
    if (step !== 0) return step;
  }
  return a.length - b.length;
}

function valueOrder(a, b) {
  if (Array.isArray(a)) return rowOrder(a, b);
  if (isNumber(a)) return difference(a, b);
  if (typeof a === "string") return textOrder(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

const templates = new Map();

/** A template as its texts and, between them, the names of its places. */
function placesOf(template) {
  if (!templates.has(template)) templates.set(template, template.split(/\{(\w+)\}/));
  return templates.get(template);
}

/** A template with its places filled. */
export function fill(template, parts) {
  const [start, ...rest] = placesOf(template);
  let out = start;
  for (let i = 0; i < rest.length; i += 2) {
    if (!(rest[i] in parts)) throw new Error(`no ${rest[i]} for ${template}`);
    out += parts[rest[i]] + rest[i + 1];
  }
  return out;
}

/** A text without these characters at its end. */
export function withoutEnd(text, characters) {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

export const listed = (words) => words.join("、");

/** Each of them once, in the order of first mention. */
export const once = (values) => [...new Set(values)];

/** Values as a text that is the same exactly for the same values, so that they can be keys. */
export const keyOf = (values) => values.map(keyPart).join();

function keyPart(value) {
  switch (typeof value) {
    case "string":
      return `${value.length}:${value}`;
    case "object":
      return isNumber(value) ? `(${exactText(value)})` : String(value);
    default:
      return String(value);
  }
}
