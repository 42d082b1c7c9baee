// Elements of the page. Texts are texts, never markup; nothing is styled or scripted inline.

/**
 * An element with its attributes and children.
 *
 * Of the attributes, `on` has listeners by event; those that are false or null are left out. Children are elements
 * and texts, or lists of them; null is nothing.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") Object.entries(value).forEach(([event, listener]) => made.addEventListener(event, listener));
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null));
  return made;
}

export const button = (words, click, attributes = {}) =>
  element("button", { type: "button", class: "hypolicy-button", ...attributes, on: { click } }, words);

let numbered = 0;

/** A new id, for what must be named by another element. */
export function newId() {
  numbered += 1;
  return `hypolicy-${numbered}`;
}

/** Text that only readers of the page by ear are told. */
export const spoken = (words) => element("span", { class: "hypolicy-spoken" }, words);
