import type { CardAction, PlanCard } from "bridle";

/** A plan as a person reads it in a terminal before deciding. What a model wrote cannot move the cursor. */
export function cardText({ title, status, display, planHash, fields, actions, warnings }: PlanCard): string {
  const facts = fields.map(({ label, value }) => `│  ${plain(label)}: ${plain(value)}`);
  const head = [
    `╭─ ${plain(title)}  [${display === status ? status : `${status} (${plain(display)})`}]  ${planHash.slice(0, 12)}`,
    ...facts,
    "│",
  ];
  return [...head, ...actions.flatMap(actionLines), ...warnings.map((text) => `│  ! ${plain(text)}`), "╰─"].join("\n");
}

function actionLines({ title, fields, references, state, preview }: CardAction): readonly string[] {
  const facts = fields
    .filter(({ label }) => label !== "products")
    .map(({ label, value }) => `${plain(label)}: ${plain(value)}`);
  const sets = references.map(({ glimpse }) => setText(glimpse));
  const effect = preview === null ? [] : [`│      → ${plain(previewText(preview))}`];
  return [`│ ${plain(title)}  (${state})`, `│      ${facts.join("  ·  ")}`, ...sets, ...effect];
}

/** A preview is any JSON; a sentence reads best without its quotes. */
function previewText(preview: string): string {
  const value: unknown = JSON.parse(preview);
  return typeof value === "string" ? value : preview;
}

function setText(glimpse: unknown): string {
  if (typeof glimpse !== "object" || glimpse === null) return "│      the products are gone";
  const { productCount = "?", selectionSummary = "" } = glimpse as Record<string, unknown>; // product-set.ts made it
  return `│      ${plain(Number(productCount).toLocaleString("en-US"))} products: ${plain(String(selectionSummary))}`;
}

/** Control characters could draw over the card. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, " ");
}
