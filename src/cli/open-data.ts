import { openStoreOf } from "../catalog/open-catalog.ts";
import type { CatalogStore } from "../catalog/port.ts";
import type { DataEnvironment } from "../data/data-environment.ts";
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
  /** Opened with the first call and closed with the command. */
  catalog(): Promise<CatalogStore>;
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
      catalog: () => (opened.catalog ??= openStoreOf(environment, scope)),
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
