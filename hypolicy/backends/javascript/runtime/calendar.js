// The calendar: days are counts, 1 for the first of January of the year 1. Dates of the machine have no part in it.

export const FIRST_DAY = 1;
export const LAST_DAY = 3652059; // 31 December 9999

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const FOUR_CENTURIES = 146097;

export const isLeap = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export function monthLength(year, month) {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const daysBeforeYear = (year) => {
  const past = year - 1;
  return past * 365 + quotient(past, 4) - quotient(past, 100) + quotient(past, 400);
};

const quotient = (a, b) => (a - remainder(a, b)) / b;
const remainder = (a, b) => ((a % b) + b) % b;

/** The count of a day of the calendar. */
export const dayOf = (year, month, day) =>
  daysBeforeYear(year) + DAYS_BEFORE_MONTH[month - 1] + (month > 2 && isLeap(year) ? 1 : 0) + day;

/** Year, month and day of a count. */
export function dateOf(count) {
  const cycles = quotient(count - 1, FOUR_CENTURIES);
  let year = cycles * 400 + quotient(remainder(count - 1, FOUR_CENTURIES), 366) + 1;
  while (year < 9999 && daysBeforeYear(year + 1) < count) year += 1;
  const inYear = count - daysBeforeYear(year);
  let month = 12;
  while (dayOf(year, month, 1) - daysBeforeYear(year) > inYear) month -= 1;
  return { year, month, day: count - dayOf(year, month, 1) + 1 };
}

export const yearOf = (count) => dateOf(count).year;

/** The day so many days later, clamped to the calendar's own ends. */
export const addDays = (count, days) =>
  count + days < FIRST_DAY ? FIRST_DAY : count + days > LAST_DAY ? LAST_DAY : count + days;

/** Year, month and day so many months later, in a calendar without ends; the last of a month that has no such day. */
function monthsOn(count, months) {
  const from = dateOf(count);
  const since = from.year * 12 + from.month - 1 + months;
  const year = quotient(since, 12);
  const month = remainder(since, 12) + 1;
  const length = monthLength(year, month);
  return { year, month, day: from.day < length ? from.day : length };
}

/** The same day `months` later, clamped to the calendar's own ends. */
export function addMonths(count, months) {
  const { year, month, day } = monthsOn(count, months);
  if (year < 1) return FIRST_DAY;
  return year > 9999 ? LAST_DAY : dayOf(year, month, day);
}

export const shifted = (count, amount, unit) =>
  unit === "天" ? addDays(count, amount) : addMonths(count, unit === "年" ? 12 * amount : amount);

/** Completed years of age; 0 before the first birthday, and before the birth itself. */
export function yearsBetween(birth, count) {
  const years = yearOf(count) - yearOf(birth);
  if (years <= 0) return 0;
  return addMonths(birth, 12 * years) <= count ? years : years - 1;
}

/** How a term of two days, both included, lies to so many months: -1 shorter, 0 just as long, 1 longer. */
function monthsLength(first, last, months) {
  const end = monthsOn(first, months);
  const next = last === LAST_DAY ? { year: 10000, month: 1, day: 1 } : dateOf(last + 1);
  return Math.sign(next.year - end.year || next.month - end.month || next.day - end.day);
}

// What each comparison asks of a length that is shorter (-1), just as long (0) or longer (1).
const LENGTHS = {
  EQUAL: (side) => side === 0,
  UNEQUAL: (side) => side !== 0,
  AT_LEAST: (side) => side >= 0,
  AT_MOST: (side) => side <= 0,
  ABOVE: (side) => side > 0,
  BELOW: (side) => side < 0,
};

/** How a term of two days, both included, compares with a number of days, months or years. */
export function termLength(comparison, amount, unit, first, last) {
  const side =
    unit === "天" ? Math.sign(last - first + 1 - amount) : monthsLength(first, last, unit === "年" ? 12 * amount : amount);
  return LENGTHS[comparison](side);
}

/** Whether a day lies in a period of first and last day; without a last day, it has no end. */
export const inPeriod = ([first, last], day) => first <= day && (last === null || day <= last);

/** Not before a start, and not later than so long after it. */
export const inWindow = (start, day, amount, unit) => start <= day && day <= shifted(start, amount, unit);
