import type { Client } from "@temporalio/client";
import { BridleError, StateError } from "../../protocol/errors.ts";
import { SIGNATURE_CLOCK_SKEW_MS } from "../../protocol/limits/gate.ts";
import { DEFAULT_TASK_QUEUE } from "../../runtime/session.ts";
import { measureClockSkew } from "../../runtime/temporal/clock-skew.ts";
import { locateTemporalCli } from "../../runtime/temporal/locate-temporal-cli.ts";
import { countPollers } from "../../runtime/temporal/poller-count.ts";
import { isAlive } from "../../runtime/temporal/server-process.ts";
import { readServerRecord } from "../../runtime/temporal/server-record.ts";
import { type CommandCall, valueOf } from "../command.ts";
import { findTarget, withClient } from "../open/open-client.ts";
import { projectOf } from "../open/project.ts";
import { SETTINGS } from "../settings/settings.ts";
import { broken, type Check, fine } from "./check.ts";

/** The command that starts the project's own server; other servers do without it. */
export async function checkTemporalCli(call: CommandCall): Promise<Check> {
  try {
    const { home } = projectOf(call);
    return fine("temporal cli", await locateTemporalCli({ env: call.env, home, allowFetch: false }));
  } catch (error) {
    return broken("temporal cli", error, "warn");
  }
}

/** What is known of the server and its workers. */
export interface TemporalHealth {
  readonly checks: readonly Check[];
  readonly pollers: number | null;
  readonly serverVersion: string | null;
}

/** The server, its namespace and who polls the task queue. No server at all is ordinary: `bridle dev` starts one. */
export async function checkTemporal(call: CommandCall): Promise<TemporalHealth> {
  try {
    await findTarget(call);
  } catch (error) {
    const isAbsent = error instanceof StateError && error.code === "TEMPORAL_UNREACHABLE";
    return { checks: [broken("temporal", error, isAbsent ? "warn" : "fail")], pollers: null, serverVersion: null };
  }
  try {
    return await withClient(call, async (client, { namespace, address, source }) => {
      const { serverVersion } = await client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, async () => {
        await client.workflowService.describeNamespace({ namespace });
        return await client.workflowService.getSystemInfo({});
      });
      const taskQueue = valueOf(call, SETTINGS.taskQueue) ?? DEFAULT_TASK_QUEUE;
      const pollers = await countPollers({ client, namespace, taskQueue });
      const server = fine("temporal", `${address} (${source}), namespace ${namespace}, server ${serverVersion}`);
      const checks = [server, pollerCheck(taskQueue, pollers), await checkClock(client, namespace)];
      return { checks, pollers, serverVersion: serverVersion ?? null };
    });
  } catch (error) {
    return { checks: [serverTrouble(error)], pollers: null, serverVersion: null };
  }
}

const ANSWER_TIMEOUT_MS = 3_000;

/** Deadlines are judged by the server's clock and signatures by the worker's, so the two must tell about the same time. */
async function checkClock(client: Client, namespace: string): Promise<Check> {
  try {
    const skew = await measureClockSkew(client, namespace);
    if (skew === null) return fine("clock", "the server did not tell its time");
    const message = `${skew.ms} ms from the server's, give or take ${skew.uncertaintyMs} ms`;
    if (Math.abs(skew.ms) - skew.uncertaintyMs < SKEW_WARN_MS) return fine("clock", message);
    const isTooFar = Math.abs(skew.ms) - skew.uncertaintyMs >= SIGNATURE_CLOCK_SKEW_MS;
    const fix = "Set this machine's clock by a time server (NTP), and the Temporal server's.";
    return { name: "clock", status: isTooFar ? "fail" : "warn", message, fix };
  } catch (error) {
    return broken("clock", error, "warn");
  }
}

const SKEW_WARN_MS = 5_000;

function serverTrouble(error: unknown): Check {
  if (error instanceof BridleError) return broken("temporal", error);
  return { ...broken("temporal", error), fix: "Check the address and --namespace." };
}

function pollerCheck(taskQueue: string, pollers: number): Check {
  if (pollers > 0) return fine("workers", `${pollers} on task queue ${taskQueue}`);
  const fix = "Start `bridle worker` or `bridle dev`.";
  return { name: "workers", status: "warn", message: `no worker polls task queue ${taskQueue} (0 pollers)`, fix };
}

/** What the last server of the project left behind. */
export function checkRecord(call: CommandCall): Check {
  const { home } = projectOf(call);
  const record = readServerRecord(home);
  if (record?.status !== "running") return fine("server record", "no server of this project is on record");
  if (!isAlive(record.pid)) {
    const message = `the server on record (pid ${record.pid}) is gone without having been stopped`;
    return {
      name: "server record",
      status: "warn",
      message,
      fix: "Nothing: the next `bridle dev` starts it on the same data.",
    };
  }
  if (isAlive(record.owner)) return fine("server record", `pid ${record.pid}, started by pid ${record.owner}`);
  const message = `the server (pid ${record.pid}) outlived the command that started it`;
  return {
    name: "server record",
    status: "warn",
    message,
    fix: "Nothing: the next `bridle dev` takes it over and stops it when it ends.",
  };
}
