// Exact numbers: fractions of BigInt. Every quantity of a rule is one; no amount and no count ever is a Number.

/** A fraction in lowest terms, `n` over `d`, with `d` above zero. */
class Rational {
  constructor(n, d) {
    this.n = n;
    this.d = d;
  }
}

/** How an expression may come to nothing: it is divided by zero. */
export class ByZero {}

export function rational(n, d = 1n) {
  if (d === 1n) return new Rational(n, 1n);
  const common = divisor(n < 0n ? -n : n, d);
  return common === 1n ? new Rational(n, d) : new Rational(n / common, d / common);
}

function divisor(a, b) {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

export const ZERO = rational(0n);
export const ONE = rational(1n);

export const isNumber = (value) => value instanceof Rational;

export const isWhole = (a) => a.d === 1n;

/** A number as data: `20` or `33/2`. */
export function exact(text) {
  const [n, d] = text.split("/");
  return d === undefined ? rational(BigInt(n)) : rational(BigInt(n), BigInt(d));
}

export const exactText = (a) => (a.d === 1n ? `${a.n}` : `${a.n}/${a.d}`);

export const negated = (a) => new Rational(-a.n, a.d);

export const magnitude = (a) => (a.n < 0n ? negated(a) : a);

export const plus = (a, b) =>
  a.d === 1n && b.d === 1n ? new Rational(a.n + b.n, 1n) : rational(a.n * b.d + b.n * a.d, a.d * b.d);

export const minus = (a, b) => plus(a, negated(b));

export const times = (a, b) => rational(a.n * b.n, a.d * b.d);

export function over(a, b) {
  if (b.n === 0n) throw new ByZero();
  return b.n < 0n ? rational(-a.n * b.d, a.d * -b.n) : rational(a.n * b.d, a.d * b.n);
}

/** Below zero, zero or above it: as `a` is less than `b`, equal, or more. */
export function difference(a, b) {
  const size = a.d === b.d ? a.n - b.n : a.n * b.d - b.n * a.d;
  return size < 0n ? -1 : size > 0n ? 1 : 0;
}

export const largest = (numbers) => numbers.reduce((a, b) => (difference(a, b) < 0 ? b : a));

export const smallest = (numbers) => numbers.reduce((a, b) => (difference(a, b) > 0 ? b : a));

// --- rounding, where an author writes 取整, and nowhere else --------------------------------------------------------

const PLACES = { YUAN: 100n, JIAO: 10n, FEN: 1n };

// From a size and a unit, both not below zero, to how many whole units it comes to.
const ROUNDINGS = {
  HALF_UP: (size, unit) => (2n * size + unit) / (2n * unit),
  DOWN: (size, unit) => size / unit,
  UP: (size, unit) => (size + unit - 1n) / unit,
};

/** An amount in yuan, rounded; ties of 四舍五入 and fractions of 进位 go away from zero, 舍去 goes to zero. */
export function roundYuan(amount, place, mode) {
  const size = (amount.n < 0n ? -amount.n : amount.n) * 100n;
  const whole = ROUNDINGS[mode](size, amount.d * PLACES[place]) * PLACES[place];
  return rational(amount.n < 0n ? -whole : whole, 100n);
}
