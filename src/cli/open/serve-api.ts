import { thrownMessage } from "../../lib/thrown-text.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { StateError } from "../../protocol/errors.ts";
import { guardTemporal } from "../../runtime/temporal/guard-temporal.ts";
import { countPollers } from "../../runtime/temporal/poller-count.ts";
import { type HttpServer, startHttpServer } from "../../studio/server/http-server.ts";
import { type CommandCall, isOn, valueOf } from "../command.ts";
import { SETTINGS, SWITCHES } from "../settings/settings.ts";
import { createApiToken, recordLaunch } from "./launch-record.ts";
import type { OpenApp } from "./open-app.ts";
import { projectOf } from "./project.ts";

/** The HTTP API of this process. */
export interface Api {
  readonly url: string;
  /** Null when the operator gave the token. */
  readonly tokenFile: string | null;
  close(): Promise<void>;
}

/** What to do when the port is taken. */
export type WhenTaken = "fail" | "next";

const DEFAULT_PORT = 4111;
const PORTS_TRIED = 20;

/** Serves the runtimes of an app, and leaves a note where it does. */
export async function serveApi(call: CommandCall, opened: OpenApp, whenTaken: WhenTaken): Promise<Api> {
  const { home } = projectOf(call);
  const apiToken = createApiToken(home, call.env);
  const server = await listen(call, { opened, token: apiToken.token, whenTaken });
  const forgetToken = apiToken.publish();
  const forgetLaunch = recordLaunch(home, "http", { url: server.url });
  return {
    url: server.url,
    tokenFile: apiToken.file,
    async close() {
      forgetLaunch();
      forgetToken();
      await server.close();
    },
  };
}

interface Listening {
  readonly opened: OpenApp;
  readonly token: string;
  readonly whenTaken: WhenTaken;
}

async function listen(call: CommandCall, { opened, token, whenTaken }: Listening): Promise<HttpServer> {
  const wanted = valueOf(call, SETTINGS.port) ?? DEFAULT_PORT;
  const tries = whenTaken === "next" && wanted !== 0 ? PORTS_TRIED : 1;
  for (let port = wanted; ; port++) {
    try {
      const server = await startHttpServer(serverOptions(call, { opened, token, port }));
      if (port !== wanted) call.output.hint(`port ${wanted} is in use, so the API listens on ${port}`);
      return server;
    } catch (error) {
      const isTaken = error instanceof StateError && error.code === "PORT_IN_USE";
      if (!isTaken || port + 1 >= wanted + tries || port >= 65_535) throw error;
    }
  }
}

interface Attempt {
  readonly opened: OpenApp;
  readonly token: string;
  readonly port: number;
}

function serverOptions(call: CommandCall, { opened, token, port }: Attempt): Parameters<typeof startHttpServer>[0] {
  const { app, session, runtimes } = opened;
  const { client, target, taskQueue } = session;
  return {
    app: app.name,
    runtimes,
    defaultWorkspace: app.defaultWorkspace,
    port,
    token,
    readiness: async () => ({
      taskQueue,
      pollers: await guardTemporal(session, () => countPollers({ client, namespace: target.namespace, taskQueue })),
    }),
    dangerouslyBindAll: isOn(call, SWITCHES.bindAll),
    onError: (error) => call.output.warning(thrownMessage(error)),
    ...withoutUndefined({
      host: valueOf(call, SETTINGS.host),
      allowedHosts: valueOf(call, SETTINGS.allowedHosts),
      allowedOrigins: valueOf(call, SETTINGS.allowedOrigins),
    }),
  };
}
