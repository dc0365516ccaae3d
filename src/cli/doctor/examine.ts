import { redact } from "../../lib/redact.ts";
import type { CommandCall } from "../command.ts";
import { secretsOf } from "../secrets.ts";
import { type Check } from "./check.ts";
import { checkApp, checkKey } from "./check-app.ts";
import { checkApprovals } from "./check-approvals.ts";
import { checkDisk, checkHome, checkPort, projectFiles, type ProjectFile } from "./check-files.ts";
import { checkNode, checkPackages, packageVersions } from "./check-packages.ts";
import { checkSqlite, checkStore, pendingApprovals } from "./check-store.ts";
import { checkRecord, checkTemporal, checkTemporalCli } from "./check-temporal.ts";

/** Everything the doctor found. */
export interface Report {
  readonly files: readonly ProjectFile[];
  readonly versions: Readonly<Record<string, string | null>>;
  /** Workers on the task queue; null when no server can be asked. */
  readonly pollers: number | null;
  /** What waits for a person in any workspace; 0 when the store cannot be read, which its check tells. */
  readonly pendingApprovals: number;
  readonly checks: readonly Check[];
}

/** Looks at everything; no check can keep another from being made. */
export async function examine(call: CommandCall): Promise<Report> {
  const versions = packageVersions();
  const [sqlite, store, pending, cli, temporal, port, app, approvals] = await Promise.all([
    checkSqlite(),
    checkStore(call),
    pendingApprovals(call),
    checkTemporalCli(call),
    checkTemporal(call),
    checkPort(call),
    checkApp(call),
    checkApprovals(call),
  ]);
  const checks = [
    checkNode(),
    checkPackages(versions),
    sqlite,
    checkHome(call),
    store,
    cli,
    ...temporal.checks,
    checkRecord(call),
    port,
    checkKey(call),
    approvals,
    ...app,
    checkDisk(call),
  ];
  const secrets = secretsOf(call.env);
  return {
    files: projectFiles(call),
    versions,
    pollers: temporal.pollers,
    pendingApprovals: pending,
    checks: checks.map((check) => ({ ...check, message: redact(check.message, secrets) })),
  };
}
