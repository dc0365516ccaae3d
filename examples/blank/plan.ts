import { definePlan } from "bridle";
import * as z from "zod";

/** What agents may propose here. Every kind of action has a handler in notebook.ts. */
export const notePlan = definePlan({
  name: "NotePlan",
  schema: z.strictObject({
    why: z.string().min(1),
    actions: z.array(z.strictObject({ kind: z.literal("add_note"), text: z.string().min(1) })).min(1),
  }),
});
