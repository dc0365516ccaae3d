import type { PlatformDatabase } from "./platform-database.ts";

/** The platform as a page: what plans did, newest first, and the stock they changed. No script, no outside resource. */
export function platformPage(database: PlatformDatabase): string {
  const totals = database.totals();
  const effects = database.effects({ limit: 1_000 }).toReversed().slice(0, 50);
  const changed = database.changed(50);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Inventory platform</title>
<style>${STYLE}</style></head><body><main>
<h1>Inventory platform</h1>
<p class="totals"><b>${number(totals.onOrder)}</b> units on order and <b>${number(totals.held)}</b> held back,
over <b>${number(totals.products)}</b> products.</p>
<h2>Applied effects</h2>
${table(
  ["#", "Plan", "Action", "What", "Products", "When", "Key"],
  effects.map((e) => [e.id, e.planId, e.actionIndex, e.kind, number(e.productCount), e.appliedAt, e.idempotencyKey]),
  "Nothing was applied yet. Approve a plan and look again.",
)}
<h2>Changed stock</h2>
${table(
  ["Product", "Name", "On order", "Held back"],
  changed.map((s) => [s.productId, s.productName, number(s.onOrder), number(s.held)]),
  "No product was changed yet.",
)}
</main></body></html>`;
}

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent) }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.5rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2.5rem 0 .5rem }
.totals { opacity: .85 } .scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); white-space: nowrap }
td:last-child { font-family: ui-monospace, monospace; font-size: .85em }
th { font-weight: 600; opacity: .7 }
`;

function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[], empty: string): string {
  if (rows.length === 0) return `<p>${empty}</p>`;
  const head = heads.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("\n");
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function escaped(value: string | number): string {
  return String(value).replace(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}
