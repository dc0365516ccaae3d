import { redact } from "../../lib/redact.ts";
import { type CommandCall, isOn } from "../command.ts";
import { secretsOf } from "../output/secrets.ts";
import { SWITCHES } from "../settings/settings.ts";
import type { Check } from "./check.ts";
import { checkApp } from "./check-app.ts";
import { checkApprovals } from "./check-approvals.ts";
import { checkData } from "./check-data.ts";
import { checkDisk, checkHome, checkPort, closeToOthers, projectFiles, type ProjectFile } from "./check-files.ts";
import { checkModel } from "./check-model.ts";
import { checkNode, checkPackages, packageVersions } from "./check-packages.ts";
import { checkSqlite, checkStore } from "./check-store.ts";
import { checkRecord, checkTemporal, checkTemporalCli } from "./check-temporal.ts";

/** Everything the doctor found. */
export interface Report {
  readonly files: readonly ProjectFile[];
  /** Of the packages; of the Temporal server and the state store's schema where they can be asked. */
  readonly versions: Readonly<Record<string, string | null>>;
  /** Workers on the task queue; null when no server can be asked. */
  readonly pollers: number | null;
  /** What waits for a person in any workspace; 0 when the store cannot be read, which its check tells. */
  readonly pendingApprovals: number;
  readonly checks: readonly Check[];
}

/** Looks at everything; no check can keep another from being made. */
export async function examine(call: CommandCall): Promise<Report> {
  if (isOn(call, SWITCHES.fix)) closeToOthers(call);
  const packages = packageVersions();
  const { app, checks: appChecks } = await checkApp(call);
  const [sqlite, store, cli, temporal, port, model, approvals, data] = await Promise.all([
    checkSqlite(),
    checkStore(call),
    checkTemporalCli(call),
    checkTemporal(call),
    checkPort(call),
    checkModel(call, app),
    checkApprovals(call),
    checkData(call, app),
  ]);
  const checks = [
    checkNode(),
    checkPackages(packages),
    sqlite,
    checkHome(call),
    store.check,
    cli,
    ...temporal.checks,
    checkRecord(call),
    port,
    model,
    approvals,
    ...appChecks,
    ...data,
    checkDisk(call),
  ];
  const secrets = secretsOf(call.env);
  const schema = store.schemaVersion === null ? null : String(store.schemaVersion);
  return {
    files: projectFiles(call),
    versions: { ...packages, "temporal-server": temporal.serverVersion, "state-schema": schema },
    pollers: temporal.pollers,
    pendingApprovals: store.pendingApprovals,
    checks: checks.map((check) => ({ ...check, message: redact(check.message, secrets) })),
  };
}
