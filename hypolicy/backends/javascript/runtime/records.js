// Records: a list of values in the order of the facts. A fact that is not given stands as null; of an optional fact
// that is an answer, and what nobody has answered yet is UNANSWERED.
//
// As data, days are ISO texts, numbers exact texts, and what is not answered `{}`.

import { dateOf, dayOf } from "./calendar.js";
import { exact } from "./numbers.js";

export const UNANSWERED = undefined;

export const isGiven = (value) => value !== null && value !== UNANSWERED;

export const isoText = (count) => {
  const { year, month, day } = dateOf(count);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
};

export const isoDay = (text) => dayOf(...text.split("-").map(Number));

export function decodeValue(type, value) {
  if (value === null) return null;
  if (typeof value === "object") return UNANSWERED;
  if (type.kind === "date") return isoDay(value);
  return type.kind === "number" ? exact(value) : value;
}

export const decodeRecord = (rules, kind, values) =>
  kind.facts.map((fact, place) => decodeValue(rules.types[fact.type], values[place]));
