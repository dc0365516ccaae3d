import { Context } from "@temporalio/activity";
import type { TurnActivities } from "../protocol/turn.ts";
import { whileBeating } from "./beat.ts";
import { callModel } from "./call-model.ts";
import type { CrashPoint } from "./crash-points.ts";
import { endTurn } from "./end-turn.ts";
import type { ActivityHost, ModelRetry } from "./host.ts";
import { runTool } from "./run-tool.ts";
import { toFailure } from "./to-failure.ts";

/** The activities of a worker, each with its crash points around it and its errors made safe for history. */
export function createActivities(host: ActivityHost): TurnActivities {
  const guarded = <Input extends { readonly ref: { readonly app: string } }, Output>(
    name: "callModel" | "runTool" | "endTurn",
    activity: (host: ActivityHost, input: Input) => Promise<Output>,
  ): ((input: Input) => Promise<Output>) => {
    const before: CrashPoint = `${name}.before`;
    const after: CrashPoint = `${name}.after`;
    return async (input) => {
      host.crashPoints.pass(before);
      try {
        const output = await whileBeating(() => activity(host, input));
        host.crashPoints.pass(after);
        return output;
      } catch (error) {
        const { attempt } = Context.current().info;
        throw toFailure(error, { attempt, ...(await modelRetry(host, input)) });
      }
    };
  };
  return {
    callModel: guarded("callModel", callModel),
    runTool: guarded("runTool", runTool),
    endTurn: guarded("endTurn", endTurn),
  };
}

/** The app's own pace of retries, when the app is known here. */
async function modelRetry(
  host: ActivityHost,
  { ref }: { readonly ref: { readonly app: string } },
): Promise<{ modelRetry?: ModelRetry }> {
  try {
    return { modelRetry: (await host.bind(ref)).modelRetry };
  } catch {
    return {}; // the error being reported says that the app is missing
  }
}
