import { expect, test } from "vitest";
import { extractItems } from "../../../../src/catalog/knowledge/extract-items.ts";
import { readMarkdown } from "../../../../src/catalog/knowledge/read-markdown.ts";

test("a heading that names a metric takes the section below and its first query", () => {
  const items = extractItems(
    readMarkdown(
      "## Metric: Days of cover\n\nStock divided by daily sales.\n\n```sql\nselect stock / sales\n```\n\n## Other\n\nText: more",
    ),
  );

  expect(items).toEqual([
    { kind: "metric", name: "Days of cover", definition: "Stock divided by daily sales.", sql: "select stock / sales" },
  ]);
});

test("glossaries, rules and queries are found by where they stand", () => {
  const items = extractItems(
    readMarkdown(
      [
        "# Glossary\n- **SKU**: a sellable unit\n- ARR - yearly revenue",
        "# Business rules\n1. Never reorder discontinued products.",
        "# Stock by channel\n```sql\nselect channel, sum(stock) from dim_inventory group by 1\n```",
        "# Prose\n- a list item: with a colon",
      ].join("\n\n"),
    ),
  );

  expect(items.map(({ kind, name }) => [kind, name])).toEqual([
    ["term", "SKU"],
    ["term", "ARR"],
    ["rule", "Never reorder discontinued products"],
    ["example_query", "Stock by channel"],
  ]);
});

test("a table defines things only when its header says so", () => {
  const definitions = extractItems(
    readMarkdown("| KPI | Formula | Unit |\n|---|---|---|\n| Margin | `price - cost` | EUR |\n| | x | |"),
  );
  const data = extractItems(readMarkdown("| name | description |\n|---|---|\n| Cola | sweet |"));

  expect(definitions).toEqual([{ kind: "metric", name: "Margin", definition: "", sql: "price - cost", unit: "EUR" }]);
  expect(data).toEqual([]);
});
