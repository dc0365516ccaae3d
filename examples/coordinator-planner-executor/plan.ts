import { definePlan } from "bridle";
import * as z from "zod";

/** What the planner proposes: prices to change, and why. */
export const catalogActionPlan = definePlan({
  name: "CatalogActionPlan",
  schema: z.strictObject({
    rationale: z.string().min(1),
    actions: z
      .array(
        z.strictObject({
          kind: z.literal("price_change"),
          productId: z.string().min(1).describe("As in products.product_id."),
          newPrice: z.number().positive().describe("In the currency of the product's present price."),
          reason: z.string().min(1).describe("One sentence for the person who decides."),
        }),
      )
      .min(1),
  }),
});
