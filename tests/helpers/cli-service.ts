import { randomBytes } from "node:crypto";
import { inject, vi } from "vitest";
import * as z from "zod";
import { type CliProcess, type CliProject, cliProject, startBridle } from "./cli.ts";
import { type HttpCall, httpCall } from "./http-call.ts";

/** A worker and an HTTP API of one app, as two processes of the built package. */
export interface CliService {
  readonly project: CliProject;
  readonly url: string;
  readonly worker: CliProcess;
  readonly serve: CliProcess;
  /** Calls a path with the token; an object as `json` is sent as the body. */
  call(path: string, request?: HttpCall & { readonly json?: unknown }): Promise<CliAnswer>;
}

/** What the API said. */
export interface CliAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** Starts both on the shared server and waits until a run would be answered; both are killed with the test. */
export async function startService(app: string, env: Readonly<Record<string, string>> = {}): Promise<CliService> {
  const token = randomBytes(32).toString("hex");
  const project = cliProject({
    TEMPORAL_ADDRESS: inject("temporalAddress"),
    BRIDLE_APP: app,
    BRIDLE_API_TOKEN: token,
    ...env,
  });
  const worker = startBridle(project, ["worker"]);
  await worker.line((line) => line.includes("worker.ready"));
  const serve = startBridle(project, ["serve", "--port", "0"]);
  const { url } = z.looseObject({ url: z.url() }).parse(JSON.parse(await serve.line((line) => line.includes("url"))));
  await vi.waitUntil(async () => (await httpCall(`${url}/readyz`)).status === 200, { timeout: 20_000 });
  return {
    project,
    url,
    worker,
    serve,
    async call(path, { json, ...request } = {}) {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...request.headers };
      const body = json === undefined ? {} : { method: "POST", body: JSON.stringify(json) };
      const answer = await httpCall(`${url}${path}`, { ...body, ...request, headers });
      return { status: answer.status, json: answer.body === "" ? undefined : JSON.parse(answer.body) };
    },
  };
}
