// 且 and 或 where facts may be missing: what the facts that are given settle is settled, whatever the others may be.

import { MissingFact } from "./failures.js";

/** 且: what fails decides, whatever an operand before it would have been. */
export const allOf = (functions) => (r, d) => !settled(functions, r, d, false);

/** 或: what holds decides, whatever an operand before it would have been. */
export const anyOf = (functions) => (r, d) => settled(functions, r, d, true);

/**
 * Whether some operand is `decisive`, asked in order; MissingFact is thrown where that is not known.
 *
 * An operand without a row, or divided by zero, ends the matter only where no fact before it is missing: that fact
 * might have settled it first.
 */
function settled(functions, r, d, decisive) {
  let missing = null;
  for (const one of functions) {
    try {
      if (one(r, d) === decisive) return true;
    } catch (error) {
      if (error instanceof MissingFact) {
        missing ??= error;
      } else if (missing === null) {
        throw error;
      } else {
        break;
      }
    }
  }
  if (missing !== null) throw missing;
  return false;
}
