import { proxyActivities } from "@temporalio/workflow";
import type { BareActivities } from "./bare-worker.ts";

const { addOne } = proxyActivities<BareActivities>({ startToCloseTimeout: "10s" });

/** The least a workflow with activities can do: a number of trivial ones, one after the other. */
export async function bare(activities: number): Promise<number> {
  let sum = 0;
  for (let count = 0; count < activities; count++) sum = await addOne(sum);
  return sum;
}
