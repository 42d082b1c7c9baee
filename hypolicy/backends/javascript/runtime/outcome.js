// Decisions: the four results, an amount in fen, and the reasons with their clauses.

import { WORDS } from "./words.js";
import { rational, times, isWhole, magnitude } from "./numbers.js";
import { once } from "./texts.js";

export const Status = WORDS.statuses;

export const reason = (text, clause) => ({ text, clause });

/**
 * One item of one record.
 *
 * `edition` is that of the policy which decided: 0 is the policy itself, 1 the edition before it, and so on. Where the
 * more favourable of several editions decides, `others` are what the others give.
 */
export function decision(status, fen, reasons, clauses, edition = 0) {
  return { status, fen, reasons, clauses, edition, others: [] };
}

export const NOT_APPLICABLE = decision(Status.NOT_APPLICABLE, 0n, [], []);

export const clausesOf = (reasons) => once(reasons.map((one) => one.clause).filter((clause) => clause !== ""));

export const denied = (reasons, edition = 0) => decision(Status.DENIED, 0n, reasons, clausesOf(reasons), edition);

export const waiting = (why) => decision(Status.PENDING, 0n, [why], clausesOf([why]));

/** An amount in yuan with two decimals, exactly. */
export function fenText(fen) {
  const size = fen < 0n ? -fen : fen;
  return `${fen < 0n ? "-" : ""}${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
}

const MOST_DECIMALS = 20;

/** A rate as it would be written: 70%, 12.5%; a fraction of a percent that never ends stays one. */
export function percentText(rate) {
  const percent = times(rate, rational(100n));
  for (let places = 0; places < MOST_DECIMALS; places += 1) {
    const scaled = times(magnitude(percent), rational(10n ** BigInt(places)));
    if (isWhole(scaled)) {
      const digits = String(scaled.n).padStart(places + 1, "0");
      const whole = digits.slice(0, digits.length - places);
      return `${percent.n < 0n ? "-" : ""}${whole}${places ? "." : ""}${digits.slice(whole.length)}%`;
    }
  }
  return `(${percent.n}/${percent.d})%`;
}
