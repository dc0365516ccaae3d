import { nearest } from "../../lib/nearest.ts";
import type { DatabaseDescription } from "../../data/profile/description.ts";
import type { ProfilePlan } from "../../data/profile/plan-profile.ts";
import { InputError } from "../../protocol/errors.ts";

/** Refuses a schema or table that somebody named and the database does not have. */
export function requireKnownTables({ unknown }: ProfilePlan, { tables, missingSchema }: DatabaseDescription): void {
  if (missingSchema !== undefined) throw unknownSchema(missingSchema);
  const [first] = unknown;
  if (first === undefined) return;
  const names = tables.map(({ name }) => name);
  const close = nearest(first, names);
  const hint =
    close === undefined
      ? "`bridle data profile estimate` lists the tables there are."
      : `Did you mean ${JSON.stringify(close)}?`;
  throw new InputError("INPUT_INVALID", `The database has no table ${JSON.stringify(first)}.`, {
    hint,
  });
}

function unknownSchema({ name, there }: NonNullable<DatabaseDescription["missingSchema"]>): InputError {
  const close = nearest(name, there);
  const known = there.slice(0, 10).join(", ");
  return new InputError("INPUT_INVALID", `The database has no schema ${JSON.stringify(name)}.`, {
    hint: `${close === undefined ? `It has ${known}.` : `Did you mean ${JSON.stringify(close)}?`} Name it with --schema or in target_database.`,
  });
}
