import { expect, test } from "vitest";
import { selectGraph } from "../../../../src/catalog/graph/select-graph.ts";
import { CatalogEdge } from "../../../../src/protocol/catalog.ts";
import { graphCatalog } from "../../../helpers/graph-catalog.ts";

const CATALOG = graphCatalog(60);

test("columns stay in their tables unless asked for, and their relations are their table's", () => {
  const mention = CatalogEdge.parse({ ...CATALOG.edges[0], to: "column:shop.sales.customers.name", type: "mentions" });
  const whole = { entries: CATALOG.entries, edges: [{ ...mention, from: "document:guides/guide-0.md" }] };

  const without = selectGraph({ ...whole, title: "t", includeColumns: false, maxNodes: 1_000 });

  expect(without.nodes.some(({ kind }) => kind === "column")).toBe(false);
  expect(without.edges).toMatchObject([{ from: "document:guides/guide-0.md", to: "table:shop.sales.customers" }]);
  expect(without.nodes.find(({ id }) => id === "table:shop.sales.customers")).toMatchObject({
    parent: "schema:shop.sales",
    columnCount: 4,
    columns: [{ name: "id", key: "pk" }, { name: "name" }, { name: "created_at" }, { name: "amount" }],
  });
});

test("over the limit, tables stay before columns and every cut is counted", () => {
  const cut = selectGraph({ ...CATALOG, title: "t", includeColumns: true, maxNodes: 30 });

  expect(cut).toMatchObject({ truncated: true, totals: { columns: 240 } });
  expect(cut.totals.nodes).toBe(CATALOG.entries.length);
  expect(cut.nodes).toHaveLength(30);
  expect(cut.nodes.filter(({ kind }) => kind === "column")).toEqual([]);
  const ids = new Set(cut.nodes.map(({ id }) => id));
  expect(cut.edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
});
