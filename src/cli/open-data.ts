import { basename, extname } from "node:path";
import { catalogSource } from "../catalog/catalog-source.ts";
import { openCatalogStore } from "../catalog/open-catalog-store.ts";
import type { CatalogStore } from "../catalog/port.ts";
import type { DataEnvironment, TargetLocation } from "../data/data-environment.ts";
import { readDataEnvironment } from "../data/read-data-environment.ts";
import type { CatalogScope } from "../protocol/catalog.ts";
import { InputError } from "../protocol/errors.ts";
import { type CommandCall, valueOf } from "./command.ts";
import { DATA_ENVIRONMENT_SETTING } from "./global-flags.ts";
import { onStopSignal, type StopSignal } from "./stop-signal.ts";
import { SETTINGS } from "./settings.ts";

/** What a `data` command works with: flags first, then the file, then the defaults. Needs no Temporal server. */
export interface DataScope {
  readonly environment: DataEnvironment;
  readonly scope: CatalogScope;
  /** Aborted when somebody asks the process to stop. */
  readonly stop: StopSignal;
  /** The database to look at and what the catalog calls it. */
  target(): NamedTarget;
  /** Opened with the first call and closed with the command. */
  catalog(): Promise<CatalogStore>;
}

/** A database under the name that ids carry. */
export interface NamedTarget {
  readonly location: TargetLocation;
  readonly databaseId: string;
  /** The schema that was named, by flag or file. */
  readonly schema: string;
}

/** Runs a `data` command on the data environment of the call and closes what it opened. */
export async function withData<Result>(call: CommandCall, work: (data: DataScope) => Promise<Result>): Promise<Result> {
  const environment = readEnvironment(call);
  const scope = {
    tenantId: valueOf(call, SETTINGS.tenantId) ?? environment.tenantId ?? DEFAULT_TENANT,
    workspaceId: valueOf(call, SETTINGS.workspaceId) ?? environment.workspaceId,
  };
  const opened: { catalog?: Promise<CatalogStore> } = {};
  const stop = onStopSignal();
  try {
    return await work({
      environment,
      scope,
      stop,
      target: () => targetOf(call, environment),
      catalog: () => (opened.catalog ??= openCatalog(environment, scope)),
    });
  } finally {
    stop.release();
    await opened.catalog?.then(
      (catalog) => catalog.close(),
      () => undefined,
    );
  }
}

/** Lets a signal end a command that only reads and shows, at once: undefined then. */
export async function unlessStopped<Result>({ stop }: DataScope, work: Promise<Result>): Promise<Result | undefined> {
  return await Promise.race([work, stop.asked.then(() => undefined)]);
}

/** The tenant of data commands when neither a flag nor the file names one. */
export const DEFAULT_TENANT = "default";

function readEnvironment(call: CommandCall): DataEnvironment {
  const file = valueOf(call, DATA_ENVIRONMENT_SETTING);
  if (file === undefined) {
    throw new InputError("INPUT_INVALID", "The command needs a data environment: --data-environment is missing.", {
      hint: "Write a JSON or TOML file with target_database and catalog, and name it with --data-environment FILE.",
    });
  }
  const tenantId = valueOf(call, SETTINGS.tenantId);
  const { env, folder } = call;
  return readDataEnvironment(file, { env, folder, ...(tenantId === undefined ? {} : { tenantId }) });
}

function targetOf(call: CommandCall, environment: DataEnvironment): NamedTarget {
  const location = environment.targetDatabase;
  if (location === null) {
    throw new InputError("TARGET_DATABASE_MISSING", `${environment.source} names no target_database to look at.`, {
      hint: 'Add target_database: {kind: "sqlite", url: "sqlite:shop.db"}, or kind postgres with url_env.',
    });
  }
  const schema = valueOf(call, SETTINGS.schema) ?? location.schema;
  if (location.kind === "sqlite" && schema !== location.schema) {
    throw new InputError(
      "INPUT_INVALID",
      `--schema must be main for a SQLite file; received ${JSON.stringify(schema)}.`,
      {
        hint: "Leave --schema out.",
      },
    );
  }
  return { location, databaseId: databaseIdOf(call, location), schema };
}

/** What the catalog calls the database: a flag's word, else the file's name without its ending or the database's own name. */
export function databaseIdOf(call: CommandCall, location: TargetLocation): string {
  const named = valueOf(call, SETTINGS.databaseId);
  if (named !== undefined) return named;
  const name =
    location.kind === "sqlite"
      ? basename(location.path, extname(location.path))
      : decodeURIComponent(new URL(location.url).pathname.slice(1));
  return name === "" ? location.kind : name;
}

async function openCatalog(environment: DataEnvironment, scope: CatalogScope): Promise<CatalogStore> {
  if (environment.catalog === null) {
    throw new InputError("CATALOG_MISSING", `${environment.source} names no catalog.`, {
      hint: 'Add catalog: {kind: "sqlite", url: "sqlite:catalog.db", ensure_schema: true}.',
    });
  }
  return await openCatalogStore(catalogSource(environment.catalog), scope);
}
