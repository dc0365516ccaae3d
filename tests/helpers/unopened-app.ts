import { createRuntime } from "../../src/runtime/create-runtime.ts";
import { defineRuntime } from "../../src/specs/runtime-spec.ts";
import { defineSpecialist } from "../../src/specs/agents/specialist.ts";
import { defineTenant } from "../../src/specs/tenant.ts";
import { type AppOptions, createApp } from "../../src/studio/server/create-app.ts";
import { createOpenStreams } from "../../src/studio/server/open-streams.ts";
import { servedAddresses } from "../../src/studio/server/served-addresses.ts";
import { SERVER_LIMITS } from "../../src/studio/server/server-limits.ts";

/** The token of every server in tests. */
export const TOKEN = "token-of-the-tests-0123456789abcdef";

/** Headers of a request that all guards let through to port 4111. */
export const ALLOWED = { host: "127.0.0.1:4111", authorization: `Bearer ${TOKEN}` };

/** The HTTP app over a runtime that nobody opened: enough for everything that happens before a handler needs the store. */
export function unopenedApp(options: Partial<AppOptions> = {}): ReturnType<typeof createApp> {
  const agent = defineSpecialist({ name: "worker", model: "m", prompt: "p" });
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent] });
  return createApp({
    app: "acme",
    runtimes: new Map([["default", createRuntime(spec, { worker: false })]]),
    defaultWorkspace: "default",
    token: TOKEN,
    readiness: async () => ({ taskQueue: "bridle", pollers: 1 }),
    addresses: servedAddresses({ host: "127.0.0.1", port: 4111 }),
    streams: createOpenStreams(2),
    limits: SERVER_LIMITS,
    isServing: () => true,
    ...options,
  });
}
