import { nearest } from "../../lib/nearest.ts";
import type { DatabaseDescription } from "../../data/profile/description.ts";
import type { ProfilePlan } from "../../data/profile/plan-profile.ts";
import { InputError } from "../../protocol/errors.ts";

/** Refuses a table that somebody named and the database does not have. */
export function requireKnownTables({ unknown }: ProfilePlan, { tables }: DatabaseDescription): void {
  const [first] = unknown;
  if (first === undefined) return;
  const names = tables.map(({ name }) => name);
  const close = nearest(first, names);
  const hint =
    close === undefined
      ? "`bridle data profile estimate` lists the tables there are."
      : `Did you mean ${JSON.stringify(close)}?`;
  throw new InputError("INPUT_INVALID", `--table names ${JSON.stringify(first)}, which the database does not have.`, {
    hint,
  });
}
