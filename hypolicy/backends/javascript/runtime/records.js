// Records from and to data: a list of values in the order of the facts, days as ISO texts, numbers as exact texts.

import { dateOf, dayOf } from "./calendar.js";
import { exact, exactText } from "./numbers.js";

export const isoText = (count) => {
  const { year, month, day } = dateOf(count);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
};

export const isoDay = (text) => dayOf(...text.split("-").map(Number));

/** A value of a type from data; null where it is not given. */
export function decodeValue(type, value) {
  if (value === null) return null;
  if (type.kind === "date") return isoDay(value);
  return type.kind === "number" ? exact(value) : value;
}

export function encodeValue(type, value) {
  if (value === null) return null;
  if (type.kind === "date") return isoText(value);
  return type.kind === "number" ? exactText(value) : value;
}

export const decodeRecord = (rules, kind, values) =>
  kind.facts.map((fact, place) => decodeValue(rules.types[fact.type], values[place]));
