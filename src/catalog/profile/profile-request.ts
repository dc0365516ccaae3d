import * as z from "zod";
import type { ProfileOptions } from "../../data/profile/plan-profile.ts";
import { InputError } from "../../protocol/errors.ts";
import { PROFILE_MAX_SAMPLE_ROWS, PROFILE_SAMPLE_ROWS } from "../../protocol/limits/profile.ts";
import type { ProfileEvent } from "./profile-run.ts";

/** What is asked of a profile. What is left out is as on the command line. */
export interface ProfileRequest {
  /** What the catalog calls the database; its own name unless said. */
  readonly databaseId?: string;
  /** The schema to look at; the data environment's unless said. */
  readonly schema?: string;
  /** Names of tables, with or without their schema; all of them unless said. */
  readonly tables?: readonly string[];
  /** Rows that are read of a large table; 0 reads none. */
  readonly sampleRows?: number;
  /** Reads no more rows than this of any table. */
  readonly maxRows?: number;
  /** Has the engine read every row of every table. */
  readonly isExact?: boolean;
  /** Reads no row: names, types, keys and statistics only. */
  readonly isSchemaOnly?: boolean;
  /** False keeps no value of any row; true unless said. */
  readonly hasValues?: boolean;
  /** Ends the reading; what was written stays, and the same request goes on from there. */
  readonly signal?: AbortSignal;
}

/** What is asked of a profile that is written. */
export interface ProfileDatabaseRequest extends ProfileRequest {
  /** Hears what is planned and how each table went. */
  readonly onEvent?: (event: ProfileEvent) => void;
}

/** The options of a request, checked and complete. */
export function profileOptionsOf(request: ProfileDatabaseRequest): ProfileOptions {
  const { databaseId: _, schema: __, signal: ___, onEvent: ____, ...options } = request;
  const parsed = Options.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    "INPUT_INVALID",
    `an option of the profile: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}`,
    { hint: "docs/catalog.md has every option." },
  );
}

const Options = z.strictObject({
  tables: z.array(z.string().min(1)).default([]),
  sampleRows: z.int().min(0).max(PROFILE_MAX_SAMPLE_ROWS).default(PROFILE_SAMPLE_ROWS),
  maxRows: z.int().min(1).nullable().default(null),
  isExact: z.boolean().default(false),
  isSchemaOnly: z.boolean().default(false),
  hasValues: z.boolean().default(true),
});
