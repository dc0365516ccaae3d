import { vi } from "vitest";
import type { PlanStore } from "../../src/state/plan-port.ts";
import type { OpenRuntime } from "./open-runtime.ts";

/** Puts something before every change of a plan in this process, so that two things happen in the order that hurts; the store is the real one. */
export function beforeChange({ session }: OpenRuntime, act: (plans: PlanStore, key: string) => Promise<void>): void {
  const original = session.store.in.bind(session.store);
  vi.spyOn(session.store, "in").mockImplementation((scope) => {
    const scoped = original(scope);
    return {
      ...scoped,
      plans: {
        ...scoped.plans,
        change: async (change) => {
          await act(scoped.plans, change.key);
          return scoped.plans.change(change);
        },
      },
    };
  });
}
