import { expect, test } from "vitest";
import { catalogNames } from "../../../../src/catalog/knowledge/catalog-names.ts";
import { linkText } from "../../../../src/catalog/knowledge/link-text.ts";
import type { CatalogEntry } from "../../../../src/protocol/catalog.ts";

const NAMES = catalogNames([
  entry("table", "main.order_items"),
  entry("table", "main.products"),
  entry("table", "main.events"),
  entry("column", "main.products.price"),
  entry("column", "main.order_items.price"),
  entry("column", "main.products.constructor"),
  entry("column", "main.products.list_price"),
]);

test.for([
  ["a compound name", "see order_items", "table:main.order_items", 0.8],
  ["a plain name", "The products we sell", "table:main.products", 0.8],
  ["a name that is a word of every text", "many events happen", "table:main.events", 0.5],
  ["the same name in code", "in `events` we log", "table:main.events", 0.8],
  ["a table's name in words, singular", "each order item counts", "table:main.order_items", 0.5],
  ["a qualified column", "products.price is net", "column:main.products.price", 0.8],
  ["a compound column", "list_price is gross", "column:main.products.list_price", 0.8],
  ["a column called like an object's member", "`constructor` is text", "column:main.products.constructor", 0.8],
] as const)("%s is linked", ([, text, to, confidence]) => {
  expect(linkText(text, NAMES)).toContainEqual(expect.objectContaining({ to, confidence }));
});

test("a column that two tables have belongs to the table that is named too", () => {
  const links = linkText("select price from products", NAMES, "sql").map(({ to }) => to);

  expect(links).toEqual(["column:main.products.price", "table:main.products"]);
});

test("ordinary words and parts of words name nothing", () => {
  expect(linkText("constructor price preorder_items byproducts toString __proto__", NAMES)).toEqual([]);
});

function entry(itemType: "table" | "column", name: string): CatalogEntry {
  return {
    id: `${itemType}:${name}`,
    itemType,
    name: name.slice(name.lastIndexOf(".") + 1),
    qualified_name: name,
    content: "",
    tags: [],
    related: [],
    metadata: {},
  };
}
