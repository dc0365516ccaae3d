import { InputError } from "../../protocol/errors.ts";
import type { Runtime } from "../../runtime/bind-runtime.ts";

/** The workspaces this server serves. */
export interface Workspaces {
  readonly app: string;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly defaultWorkspace: string;
}

/** The runtime of a workspace, or of the default one when none is named. */
export function runtimeOf(
  { app, runtimes, defaultWorkspace }: Workspaces,
  workspace: string = defaultWorkspace,
): Runtime {
  const runtime = runtimes.get(workspace);
  if (runtime !== undefined) return runtime;
  const name = JSON.stringify(workspace.slice(0, 200));
  throw new InputError(
    "WORKSPACE_UNKNOWN",
    `App "${app}" has no workspace ${name}: expected one of ${[...runtimes.keys()].join(", ")}.`,
    { hint: "Name one of them with ?workspace=NAME, or leave it out for the default one." },
  );
}
