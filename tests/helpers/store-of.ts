import { Scope } from "../../src/protocol/ids.ts";
import type { ScopedStore } from "../../src/state/port.ts";
import type { OpenRuntime } from "./open-runtime.ts";

/** The store of a runtime's own tenant and workspace. */
export function storeOf({ runtime, session }: Pick<OpenRuntime, "runtime" | "session">): ScopedStore {
  const { tenant, workspace } = runtime.app;
  return session.store.in(Scope.parse({ tenant, workspace }));
}
