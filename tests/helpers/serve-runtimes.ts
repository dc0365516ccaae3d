import { onTestFinished } from "vitest";
import type { RuntimeSpec } from "../../src/specs/runtime-spec.ts";
import { type HttpServer, startHttpServer } from "../../src/studio/server/http-server.ts";
import type { HttpServerOptions } from "../../src/studio/server/http-server-options.ts";
import { type HttpAnswer, type HttpCall, httpCall } from "./http-call.ts";
import { type OpenRuntime, openRuntime, type OpenRuntimeOptions, uniqueName } from "./open-runtime.ts";
import { TOKEN } from "./unopened-app.ts";

/** A server over two workspaces of one store, and callers who have its token. */
export interface ServedRuntimes {
  readonly server: HttpServer;
  readonly here: OpenRuntime;
  readonly there: OpenRuntime;
  /** The other workspace; requests that name none reach the first one. */
  readonly otherWorkspace: string;
  /** Calls a path; an object as `json` is sent as the body. */
  call(
    path: string,
    request?: HttpCall & { readonly json?: unknown },
  ): Promise<HttpAnswer & { readonly json: unknown }>;
  /** Opens an event stream, to be read or left. */
  stream(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** Serves a spec for the length of one test. */
export async function serveRuntimes(spec: RuntimeSpec, options: ServeOptions = {}): Promise<ServedRuntimes> {
  const here = await openRuntime(spec, options.runtime);
  onTestFinished(() => here[Symbol.asyncDispose]());
  const otherWorkspace = uniqueName("other");
  const there = await openRuntime(spec, {
    ...options.runtime,
    workspace: otherWorkspace,
    session: { home: here.home },
  });
  onTestFinished(() => there[Symbol.asyncDispose]());
  const { workspace } = here.runtime.app;
  const server = await startHttpServer({
    app: "acme",
    runtimes: new Map([
      [workspace, here.runtime],
      [otherWorkspace, there.runtime],
    ]),
    defaultWorkspace: workspace,
    port: 0,
    token: TOKEN,
    readiness: async () => ({ taskQueue: here.session.taskQueue, pollers: 1 }),
    ...options.server,
  });
  onTestFinished(() => server.close());
  const authorization = `Bearer ${TOKEN}`;
  return {
    server,
    here,
    there,
    otherWorkspace,
    async call(path, { json, ...request } = {}) {
      const body = json === undefined ? {} : { body: JSON.stringify(json) };
      const headers = { authorization, "content-type": "application/json", ...request.headers };
      const answer = await httpCall(`${server.url}${path}`, { ...body, ...request, headers });
      return { ...answer, json: answer.body === "" ? undefined : JSON.parse(answer.body) };
    },
    stream: (path, headers = {}) =>
      fetch(`${server.url}${path}`, { headers: { authorization, accept: "text/event-stream", ...headers } }),
  };
}

/** What a test may change. */
export interface ServeOptions {
  readonly runtime?: OpenRuntimeOptions;
  readonly server?: Partial<HttpServerOptions>;
}
