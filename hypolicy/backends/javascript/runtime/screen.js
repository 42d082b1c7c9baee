// 校验 and 提示: which records are faulty in themselves, and which are merely odd.

import { Functions } from "./compile.js";
import { attempt, isAbsent } from "./failures.js";
import { isGiven } from "./records.js";
import { keyOf, once } from "./texts.js";

export class Screen {
  constructor(chosen, kind) {
    this.kind = kind;
    this.functions = new Functions(chosen);
  }

  /** The 校验 that a record breaks for certain; one that cannot be asked yet is not broken. */
  violations(record) {
    return this.kind.validations.filter(({ condition }) => this.#asked(condition, record) === false);
  }

  /** The 提示 that the record at a place gives rise to, by itself or beside others of its holders. */
  notices(records, place) {
    const { notices } = this.kind;
    const own = notices.filter((one) => one.condition !== null && this.#asked(one.condition, records[place]) === true);
    const beside = notices.filter((one) => one.overlap !== null && overlapping(records, one.overlap, place));
    return once([...own, ...beside].map((one) => one.message));
  }

  #asked(condition, record) {
    const value = attempt(() => this.functions.of(condition)(record, null));
    return isAbsent(value) ? null : value;
  }
}

/** Whether the days of a record, both ends included, meet those of another record of the same holder. */
function overlapping(records, [holder, first, last], place) {
  const here = records[place];
  const given = (record) => [holder, first, last].every((fact) => isGiven(record[fact]));
  if (!given(here)) return false;
  return records.some(
    (other, i) =>
      i !== place &&
      given(other) &&
      keyOf([other[holder]]) === keyOf([here[holder]]) &&
      meet([here[first], here[last]], [other[first], other[last]]),
  );
}

/** Whether the later of two stretches of days begins within the earlier; one that ends before it begins has no within. */
function meet(one, other) {
  const [earlier, later] = [one, other].sort(([a, b], [c, d]) => a - c || b - d);
  return later[0] <= earlier[1];
}
