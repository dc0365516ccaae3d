import { setTimeout } from "node:timers/promises";
import { openStoreOf } from "../../catalog/open-catalog.ts";
import type { CatalogUse } from "../../catalog/open-catalog-store.ts";
import type { CatalogStore } from "../../catalog/port.ts";
import type { DataEnvironment } from "../../data/data-environment.ts";
import { readDataEnvironment } from "../../data/read-data-environment.ts";
import type { CatalogScope } from "../../protocol/catalog.ts";
import { InputError } from "../../protocol/errors.ts";
import { type CommandCall, valueOf } from "../command.ts";
import type { ExitCode } from "../exit-code.ts";
import { DATA_ENVIRONMENT_SETTING } from "../settings/global-flags.ts";
import { SETTINGS } from "../settings/settings.ts";
import { onStopSignal, type StopSignal } from "../stop-signal.ts";

/** What a `data` command works with: flags first, then the file, then the defaults. Needs no Temporal server. */
export interface DataScope {
  readonly environment: DataEnvironment;
  readonly scope: CatalogScope;
  /** Aborted when somebody asks the process to stop. */
  readonly stop: StopSignal;
  /** Opened by the first call and closed with the command. A command that only reads fails with CATALOG_MISSING where no catalog was made. */
  catalog(use: CatalogUse): Promise<CatalogStore>;
}

/**
 * Runs a `data` command on the data environment of the call and closes what it opened. What a signal cut short ends with its exit
 * code, and with the hint, if there is one.
 */
export async function withData(
  call: CommandCall,
  work: (data: DataScope) => Promise<ExitCode>,
  hintWhenStopped?: string,
): Promise<ExitCode> {
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
      catalog: (use) => (opened.catalog ??= openStoreOf(environment, scope, use)),
    });
  } catch (error) {
    const stopped = stop.exitCode();
    if (stopped === null) throw error;
    if (hintWhenStopped !== undefined) call.output.hint(hintWhenStopped);
    return stopped;
  } finally {
    stop.release();
    const closed = opened.catalog?.then(
      (catalog) => catalog.close(),
      () => undefined,
    );
    // A statement that runs in a server holds its connection: who asked to stop does not wait for it.
    await (stop.signal.aborted ? Promise.race([closed, setTimeout(CLOSE_GRACE_MS)]) : closed);
  }
}

const CLOSE_GRACE_MS = 500;

/** Lets a signal cut short what only reads, at once: fails with the signal then. */
export async function unlessStopped<Result>({ stop }: DataScope, work: Promise<Result>): Promise<Result> {
  const stopped = stop.asked.then((name) => Promise.reject(new Error(`stopped by ${name}`)));
  return await Promise.race([work, stopped]);
}

/** The tenant of data commands when neither a flag nor the file names one. */
export const DEFAULT_TENANT = "default";

function readEnvironment(call: CommandCall): DataEnvironment {
  const file = valueOf(call, DATA_ENVIRONMENT_SETTING);
  if (file === undefined) {
    throw new InputError("INPUT_INVALID", "The command needs a data environment: --data-environment is missing.", {
      hint: "Write a JSON or TOML file with target_database and catalog, and name it with --data-environment FILE, before or after the command, or in BRIDLE_DATA_ENVIRONMENT.",
    });
  }
  const tenantId = valueOf(call, SETTINGS.tenantId);
  const { env, folder } = call;
  return readDataEnvironment(file, { env, folder, ...(tenantId === undefined ? {} : { tenantId }) });
}
