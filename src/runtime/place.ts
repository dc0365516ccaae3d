import type { Scope } from "../protocol/ids.ts";
import type { HostedApp } from "../specs/hosted-app.ts";
import type { ScopedStore } from "../state/port.ts";
import type { Session } from "./session.ts";

/** The store of one tenant and workspace: what reading from it needs. */
export interface StorePlace {
  readonly scope: Scope;
  readonly store: ScopedStore;
}

/** The same with the server: what following runs and ending them needs. */
export interface ScopePlace extends StorePlace {
  readonly session: Session;
}

/** The same with the name of an app: what touching its plans needs. */
export interface PlanHostPlace extends ScopePlace {
  readonly app: Pick<HostedApp, "app">;
}

/** The same with the app: what starting runs needs. */
export interface RunPlace extends PlanHostPlace {
  readonly app: HostedApp;
}
