import { basename, extname } from "node:path";
import { InputError, StateError } from "../protocol/errors.ts";
import type { DataEnvironment, TargetLocation } from "./data-environment.ts";

/** A database under the name that the ids of its entries carry. */
export interface NamedTarget {
  readonly location: TargetLocation;
  readonly databaseId: string;
  /** The schema to look at. */
  readonly schema: string;
}

/** The target database of a data environment; a name or schema given here goes before its own. */
export function nameTarget(
  environment: DataEnvironment,
  given: { readonly databaseId?: string; readonly schema?: string } = {},
): NamedTarget {
  const location = environment.targetDatabase;
  if (location === null) throw missingTarget(environment.source);
  const schema = given.schema ?? location.schema;
  if (location.kind === "sqlite" && schema !== location.schema) {
    throw new InputError(
      "INPUT_INVALID",
      `The schema of a SQLite file must be main; received ${JSON.stringify(schema)}.`,
      { hint: "Leave the schema out." },
    );
  }
  return { location, databaseId: given.databaseId ?? databaseIdOf(location), schema };
}

/** What the catalog calls a database: the file's name without its ending, or the database's own name. */
export function databaseIdOf(location: TargetLocation): string {
  const name =
    location.kind === "sqlite"
      ? basename(location.path, extname(location.path))
      : decodeURIComponent(new URL(location.url).pathname.slice(1));
  return name === "" ? location.kind : name;
}

/** The data environment names no database to look at. */
export function missingTarget(source: string): StateError {
  return new StateError("TARGET_DATABASE_MISSING", `${source} names no database: the key target_database is missing`, {
    hint: 'Add target_database: {kind: "sqlite", url: "sqlite:shop.db"}, or kind postgres with url_env.',
  });
}
