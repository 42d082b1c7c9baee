// Runs engines in node: one job a line on standard input, one answer a line on standard output.
// A job names the file of an engine, what to ask of it, and with what: {"engine": path, "ask": "decide", "of": {…}}.

"use strict";
const { createInterface } = require("node:readline");

createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  const { engine, ask, of } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(require(engine)[ask](of))}\n`);
});
