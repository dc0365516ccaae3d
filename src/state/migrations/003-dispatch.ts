import type { Migration } from "./migration.ts";

/** When the target of an action was last about to be called, and what a person found out about one in doubt. */
export const dispatch: Migration = {
  version: 3,
  name: "dispatch",
  up: async (db) => {
    await db.schema.alterTable("plan_actions").addColumn("called_at", "text").execute();
    await db.schema.alterTable("plan_actions").addColumn("settlement", "text").execute();
  },
};
