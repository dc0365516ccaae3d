import { definePlan, taggedUnion } from "bridle";
import * as z from "zod";

/** The one reference of an action; its ids are read when the plan is applied. */
const products = z
  .strictObject({ kind: z.literal("InventoryProductSet"), id: z.string().min(1) })
  .describe("The handle that resolveProductSet returned: {kind, id}.");
const reason = z.string().min(1).describe("One sentence for the person who decides.");

/** What the planner proposes and a person approves. */
export const inventoryScenarioPlan = definePlan({
  name: "InventoryScenarioPlan",
  schema: z.strictObject({
    objective: z.string().min(1),
    assumptions: z.array(z.string().min(1)),
    actions: z
      .array(
        taggedUnion(
          z.strictObject({
            kind: z.literal("reorder_products"),
            products,
            quantity: z.number().int().positive().describe("Units to order of every product of the set."),
            reason,
          }),
          z.strictObject({
            kind: z.literal("hold_inventory"),
            products,
            holdbackUnits: z.number().int().min(0).describe("Units of every product to keep out of sale."),
            reason,
          }),
        ),
      )
      .min(1)
      .max(50),
  }),
  displayAliases: { draft: "proposed", executed: "applied" },
});
