import { defineTool } from "bridle";
import type { QueryRows, TargetDatabase } from "bridle/data";
import * as z from "zod";
import { productSet, type SampleRow } from "./product-set.ts";

declare module "bridle" {
  interface BridleServices {
    /** The customer's database, read-only. */
    readonly inventory: TargetDatabase;
  }
}

/** Ids that one set may hold. */
const MAX_PRODUCTS = 2_000_000;
const MAX_BYTES = 64 * 1024 * 1024;
const SAMPLE_ROWS = 3;

/** Turns a query into a set of products that plans can carry. The model gets the handle and a glimpse, never the ids. */
export const resolveProductSet = defineTool({
  name: "resolveProductSet",
  description:
    "Runs one read-only SELECT or WITH that returns a product_id column and keeps all its product ids as a set. Returns {kind, id, glimpse}; put {kind, id} into a plan's action.",
  input: z.strictObject({
    sql: z.string().min(1).describe("Has a product_id column; use ? for params."),
    params: z.array(z.union([z.string(), z.number(), z.null()])).default([]),
    reason: z.string().min(1).describe("Why these products."),
    selectionSummary: z.string().min(1).describe("The selection in a person's words."),
  }),
  timeoutMs: 120_000,
  handler: async ({ sql, params, reason, selectionSummary }, { services, references, signal, progress }) => {
    const found = await services.inventory.query(sql, params, {
      rows: MAX_PRODUCTS,
      bytes: MAX_BYTES,
      timeMs: 60_000,
      signal,
    });
    if ("error" in found) return found;
    const ids = productIds(found);
    if (typeof ids === "object" && "error" in ids) return ids;
    progress({ products: ids.length });
    return references.create(productSet, {
      product_ids: ids,
      sql,
      params,
      reason,
      selection_summary: selectionSummary,
      sample: sample(found),
    });
  },
});

/** Every id once, in the order found: the same rows give the same set. */
function productIds(found: QueryRows): string[] | { readonly error: string } {
  const at = found.columns.indexOf("product_id");
  if (at < 0) return { error: `The query must return a column product_id; it returned ${found.columns.join(", ")}.` };
  if (found.truncated) return { error: `The selection is too large: ${found.warnings.join(" ")}` };
  const ids = [...new Set(found.rows.map((row) => String(cell(row[at]) ?? "")))].filter((id) => id !== "");
  return ids.length === 0
    ? { error: "The query found no product. Loosen it, or say that there is nothing to do." }
    : ids;
}

function sample({ columns, rows }: QueryRows): SampleRow[] {
  return rows
    .slice(0, SAMPLE_ROWS)
    .map((row) => Object.fromEntries(columns.map((column, i) => [column, cell(row[i])])));
}

function cell(value: unknown): SampleRow[string] {
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isPlain ? value : value === null || value === undefined ? null : JSON.stringify(value);
}
