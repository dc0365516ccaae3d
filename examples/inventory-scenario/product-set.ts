import { defineReference } from "bridle";
import * as z from "zod";

/** A value of a row; what is no plain value is shown as text. */
const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** A row of the sample, by column. */
export type SampleRow = Readonly<Record<string, z.infer<typeof Cell>>>;

/** Which products, and how they were chosen. The ids may be millions: they stay out of every prompt and plan. */
export const productSet = defineReference({
  name: "InventoryProductSet",
  schema: z.strictObject({
    product_ids: z.array(z.string().min(1)).min(1),
    sql: z.string().min(1),
    params: z.array(z.json()),
    reason: z.string().min(1),
    selection_summary: z.string().min(1),
    sample: z.array(z.record(z.string(), Cell)),
  }),
  ttlMs: 60 * 60 * 1000,
  glimpse: ({ product_ids, selection_summary, sample }) => ({
    productCount: product_ids.length,
    previewProductIds: product_ids.slice(0, 5),
    selectionSummary: selection_summary,
    sample,
  }),
});
