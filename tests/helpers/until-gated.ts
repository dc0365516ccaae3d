import { vi } from "vitest";
import type { Runtime } from "../../src/runtime/bind-runtime.ts";

/** Waits until a plan is at its gate. */
export async function untilGated({ plans }: Pick<Runtime, "plans">, planId: string): Promise<void> {
  await vi.waitUntil(async () => (await plans.get(planId)).gate !== null, { timeout: 20_000 });
}
