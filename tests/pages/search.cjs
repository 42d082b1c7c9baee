// Runs the search of a built site on queries from standard input, as the page would; prints what it finds as JSON.
"use strict";
const fs = require("fs");
const path = require("path");
const [folder] = process.argv.slice(2);
global.hypolicySearch = require(path.join(folder, "assets/hypolicy/search.js"));
const index = fs.readFileSync(path.join(folder, "search-index.js"), "utf8");
new Function("hypolicySearch", index)(global.hypolicySearch);
const queries = JSON.parse(fs.readFileSync(0, "utf8"));
const started = process.hrtime.bigint();
const found = queries.map((query) => global.hypolicySearch.search(query));
const spent = Number(process.hrtime.bigint() - started) / 1e6 / Math.max(queries.length, 1);
process.stdout.write(JSON.stringify({ found, spent, normal: queries.map(global.hypolicySearch.normal) }));
