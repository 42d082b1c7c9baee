// The nodes of the rules, as they are written in the data and as they are used.

/** Each node with its kind, the place of its type, its clause and words, its parts, and what else its kind has. */
export const described = (nodes) =>
  nodes.map(([kind, type, clause, words, parts, own]) => ({ kind, type, clause, words, parts, ...own }));
