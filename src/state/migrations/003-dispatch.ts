import type { Migration } from "./migration.ts";

/** When a target was last about to be called, what a person found out about an action in doubt, and what a plan would do. */
export const dispatch: Migration = {
  version: 3,
  name: "dispatch",
  up: async (db) => {
    await db.schema.alterTable("plan_actions").addColumn("called_at", "text").execute();
    await db.schema.alterTable("plan_actions").addColumn("settlement", "text").execute();
    await db.schema.alterTable("plan_revisions").addColumn("previews", "text").execute();
  },
};
