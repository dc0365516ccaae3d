import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { capText } from "../../lib/cap-text.ts";
import { redact } from "../../lib/redact.ts";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import type { HttpServerOptions, Readiness } from "./http-server-options.ts";
import { noStore } from "./security-headers.ts";
import type { ServerEnv } from "./server-env.ts";
import type { ServerLimits } from "./server-limits.ts";

/** What the health routes look at. */
export interface HealthOptions extends Pick<HttpServerOptions, "readiness" | "onError"> {
  /** Whether new requests are welcome; a server that closes is alive and not ready. */
  readonly isServing: () => boolean;
  readonly limits: Pick<ServerLimits, "readinessTimeoutMs">;
}

/** Whether the process lives, and whether a run that is started now would be answered. Neither needs the token. */
export function healthRoutes(options: HealthOptions): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();
  routes.use("/healthz", noStore());
  routes.use("/readyz", noStore());
  routes.get("/healthz", (c) => c.json({ schemaVersion: 1, status: "ok" }));
  routes.get("/readyz", async (c) => {
    const { taskQueue, pollers, missing } = await look(options);
    if (missing.length === 0) return c.json({ schemaVersion: 1, status: "ready", taskQueue, pollers });
    return c.json({ schemaVersion: 1, status: "not-ready", taskQueue, pollers, missing }, 503);
  });
  return routes;
}

interface Look {
  readonly taskQueue: string | null;
  readonly pollers: number;
  readonly missing: readonly string[];
}

async function look({ readiness, isServing, limits, onError }: HealthOptions): Promise<Look> {
  const serving = isServing() ? [] : ["the server is closing"];
  try {
    const { taskQueue, pollers, missing = [] } = await within(readiness(), limits.readinessTimeoutMs);
    const worker = pollers > 0 ? [] : [`no worker polls the task queue ${taskQueue}`];
    return { taskQueue, pollers, missing: [...serving, ...worker, ...missing] };
  } catch (error) {
    onError?.(error);
    return { taskQueue: null, pollers: 0, missing: [...serving, `the check failed: ${reason(error)}`] };
  }
}

async function within(check: Promise<Readiness>, timeoutMs: number): Promise<Readiness> {
  const timer = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([check, late]);
  } finally {
    late.catch(() => undefined); // the check won and the timer was stopped
    timer.abort();
  }
}

function reason(error: unknown): string {
  return capText(redact(thrownMessage(error)), PREVIEW_CHARS);
}
