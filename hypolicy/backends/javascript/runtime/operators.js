// The comparisons, by the names that the generated code calls them; `COMPARISONS` has them by those of the rules.

import { rational, difference, isNumber } from "./numbers.js";
import { yearsBetween } from "./calendar.js";

/** Below zero, zero or above it. Days and ranks are Numbers, quantities exact fractions; texts are only ever alike. */
const order = (a, b) => (isNumber(a) ? difference(a, b) : a < b ? -1 : a > b ? 1 : 0);

export const equal = (a, b) => (isNumber(a) ? difference(a, b) === 0 : a === b);
export const unequal = (a, b) => !equal(a, b);
export const atLeast = (a, b) => order(a, b) >= 0;
export const atMost = (a, b) => order(a, b) <= 0;
export const above = (a, b) => order(a, b) > 0;
export const below = (a, b) => order(a, b) < 0;

export const COMPARISONS = {
  EQUAL: equal,
  UNEQUAL: unequal,
  AT_LEAST: atLeast,
  AT_MOST: atMost,
  ABOVE: above,
  BELOW: below,
};

export const completedYears = (birth, day) => rational(BigInt(yearsBetween(birth, day)));
