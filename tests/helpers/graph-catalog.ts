import { CatalogEdge, CatalogEntry } from "../../src/protocol/catalog.ts";
import { seededRandom } from "./seeded-random.ts";

/** A catalog of about so many tables, with schemas, columns, references and documents, the same every time. */
export function graphCatalog(tableCount: number): {
  readonly entries: readonly CatalogEntry[];
  readonly edges: readonly CatalogEdge[];
} {
  const random = seededRandom(7);
  const pick = (count: number): number => random.below(count);
  const schemas = Math.max(1, Math.round(Math.sqrt(tableCount) / 2));
  const entries: unknown[] = [entry("database", "shop", { engine: "postgres", tables: tableCount })];
  const edges: unknown[] = [];
  for (let n = 0; n < schemas; n++)
    entries.push(entry("schema", `shop.${SCHEMAS[n % SCHEMAS.length]}${n >= SCHEMAS.length ? n : ""}`));
  const names = Array.from({ length: tableCount }, (_, n) => {
    const schema = n % schemas;
    const name = `${THINGS[n % THINGS.length]}${n >= THINGS.length ? `_${PARTS[pick(PARTS.length)]}_${n}` : ""}`;
    return `shop.${SCHEMAS[schema % SCHEMAS.length]}${schema >= SCHEMAS.length ? schema : ""}.${name}`;
  });
  for (const [n, name] of names.entries()) {
    const relationType = n % 9 === 8 ? "view" : "base_table";
    entries.push(entry("table", name, { relationType, rowCount: pick(1_000_000), columnCount: 4 }));
    for (const [ordinal, column] of ["id", "name", "created_at", "amount"].entries())
      entries.push(
        entry("column", `${name}.${column}`, { ordinal, dataType: "text", keyRole: column === "id" ? "pk" : "none" }),
      );
    if (n < 2) continue;
    const references = pick(100) < 15 ? 3 : 1;
    for (let count = 0; count < references; count++) {
      // The first tables are what the others refer to.
      const target = names[Math.floor((pick(n) * pick(n)) / n)] ?? name;
      const isInferred = pick(100) < 25;
      edges.push({
        from: `table:${name}`,
        to: `table:${target}`,
        type: isInferred ? "inferred_reference" : "references",
        origin: isInferred ? "inferred" : "declared",
        confidence: isInferred ? 0.86 : 1,
        columns: [["amount", "id"]],
      });
    }
  }
  for (let n = 0; n < Math.ceil(tableCount / 12); n++) {
    entries.push({
      ...entry("document", `guides/guide-${n}.md`),
      name: `Guide ${n}`,
      content: "How stock is counted.",
    });
    edges.push({
      from: `document:guides/guide-${n}.md`,
      to: `table:${names[pick(tableCount)]}`,
      type: "mentions",
      origin: "inferred",
      confidence: 0.8,
    });
    entries.push(entry("metric", `metric-${n}`));
    edges.push({
      from: `metric:metric-${n}`,
      to: `table:${names[pick(tableCount)]}`,
      type: "measures",
      origin: "authored",
      confidence: 1,
    });
  }
  return { entries: entries.map((one) => CatalogEntry.parse(one)), edges: edges.map((one) => CatalogEdge.parse(one)) };
}

const SCHEMAS = ["sales", "stock", "people", "finance", "web", "raw"];
const THINGS =
  "customers products orders order_items payments shipments warehouses inventory suppliers prices returns stores employees departments invoices campaigns visits sessions".split(
    " ",
  );
const PARTS = "history daily lines events audit snapshot map archive".split(" ");

function entry(itemType: string, name: string, metadata: object = {}): object {
  const short = name.slice(name.lastIndexOf(".") + 1);
  return { id: `${itemType}:${name}`, itemType, name: short, qualified_name: name, content: "", metadata };
}
