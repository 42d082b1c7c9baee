// Values in words, as an official text writes them: 2020年3月1日, 1,500元, 20元/天, 70%.

import { dateOf } from "./calendar.js";
import { isAbsent } from "./failures.js";
import { isWhole, magnitude, rational, times } from "./numbers.js";
import { listed } from "./texts.js";

const MOST_DECIMALS = 8;
const SHOWN_DECIMALS = 4;
const HUNDRED = rational(100n);

/** A value, or why there is none. */
export function valueText(value, type) {
  if (isAbsent(value)) return value.words;
  switch (type.kind) {
    case "bool":
      return value ? "是" : "否";
    case "date":
      return chineseDate(value);
    case "number":
      return quantityText(value, type);
    default:
      return value;
  }
}

function quantityText(value, type) {
  if (type.yuan) return yuanText(value);
  if (type.unit === "") return ratioText(value);
  return `${numberText(value, type.money ? 2 : 0)}${type.unit}`;
}

export function chineseDate(count) {
  const { year, month, day } = dateOf(count);
  return `${year}年${month}月${day}日`;
}

/** Yuan with thousands apart; two decimals unless there are none, more where the amount has more. */
export const yuanText = (amount) => `${numberText(amount, 2)}元`;

export const fenInYuan = (fen) => yuanText(rational(fen, 100n));

/** A whole number as it is, any other in percent. */
export const ratioText = (ratio) => (isWhole(ratio) ? numberText(ratio) : percent(ratio));

export const percent = (ratio) => `${numberText(times(ratio, HUNDRED))}%`;

/** A number exactly, with thousands apart; one whose decimals do not end is cut and said to be about so much. */
export function numberText(number, atLeast = 0) {
  const size = magnitude(number);
  let places = 0;
  while (places <= MOST_DECIMALS && (size.n * 10n ** BigInt(places)) % size.d !== 0n) places += 1;
  const about = places > MOST_DECIMALS ? "约" : "";
  if (about) places = SHOWN_DECIMALS;
  if (places > 0 && places < atLeast) places = atLeast;
  const scale = 10n ** BigInt(places);
  const scaled = (2n * size.n * scale + size.d) / (2n * size.d);
  const decimals = places > 0 ? `.${String(scaled % scale).padStart(places, "0")}` : "";
  return `${about}${number.n < 0n ? "－" : ""}${apart(scaled / scale)}${decimals}`;
}

const apart = (whole) => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");

/** 甲、乙或者丙. */
export function listedOr(words) {
  if (words.length < 2) return words.join("");
  return `${listed(words.slice(0, -1))}或者${words[words.length - 1]}`;
}
