import type { HostedApp } from "../specs/hosted-app.ts";
import type { ScopedStore } from "../state/port.ts";
import type { Session } from "./session.ts";

/** A process, an app and its store: what working with runs needs. */
export interface RunPlace {
  readonly session: Session;
  readonly app: HostedApp;
  readonly store: ScopedStore;
}

/** Workflow id of a thread: the thread is what Temporal keeps to one turn at a time. */
export function threadWorkflowId(
  { tenant, workspace }: Pick<HostedApp, "tenant" | "workspace">,
  threadId: string,
): string {
  return `${tenant}/${workspace}/thread/${threadId}`;
}
