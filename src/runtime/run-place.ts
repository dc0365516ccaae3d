import type { HostedApp } from "../specs/hosted-app.ts";
import type { ScopedStore } from "../state/port.ts";
import type { Session } from "./session.ts";

/** A process and the store of one tenant and workspace: what looking at runs and ending them needs. */
export interface ScopePlace {
  readonly session: Session;
  readonly app: Pick<HostedApp, "tenant" | "workspace">;
  readonly store: ScopedStore;
}

/** The same with the name of an app: what touching its plans needs. */
export interface PlanHostPlace extends ScopePlace {
  readonly app: Pick<HostedApp, "app" | "tenant" | "workspace">;
}

/** The same with the app: what starting runs needs. */
export interface RunPlace extends PlanHostPlace {
  readonly app: HostedApp;
}
