import { appendFileSync, existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import { callTrouble } from "../../dispatch/call-trouble.ts";
import { deepFreeze } from "../../lib/deep-freeze.ts";
import { ActionStoppedError } from "../../specs/dispatchers/apply-in-order.ts";
import type { DispatchContext, HydratedAction } from "../../specs/dispatchers/dispatch-context.ts";
import type { Dispatcher } from "../../specs/dispatchers/dispatcher.ts";

/** One line of the log: an action on its way to the dispatcher, or one that took no effect, as the dispatcher says. */
const LoggedCall = z.strictObject({ planId: z.string(), index: z.number(), what: z.enum(["called", "refused"]) });
type LoggedCall = z.infer<typeof LoggedCall>;

/** The same dispatcher, leaving a line for each action before it is called; the line survives the kill. */
export function loggedDispatcher(dispatcher: Dispatcher, file: string): Dispatcher {
  const log = (what: LoggedCall["what"], actions: readonly HydratedAction[], { planId }: DispatchContext): void => {
    for (const { index } of actions) appendFileSync(file, `${JSON.stringify({ planId, index, what })}\n`);
  };
  return deepFreeze({
    ...dispatcher,
    async apply(actions, context) {
      log("called", actions, context);
      try {
        return await dispatcher.apply(actions, context);
      } catch (error) {
        if (isEffectless(error)) log("refused", actions, context);
        throw error;
      }
    },
  });
}

/** Whatever else is thrown may be thrown after the effect. */
function isEffectless(error: unknown): boolean {
  const trouble = callTrouble(error instanceof ActionStoppedError ? error.cause : error);
  return trouble === "refused" || trouble === "unreachable";
}

/** How many calls of each action of a plan may have taken effect. */
export function loggedCalls(file: string, planId: string): ReadonlyMap<number, number> {
  const calls = new Map<number, number>();
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  for (const line of lines.filter((each) => each !== "")) {
    const { planId: ofPlan, index, what } = LoggedCall.parse(JSON.parse(line));
    if (ofPlan === planId) calls.set(index, (calls.get(index) ?? 0) + (what === "called" ? 1 : -1));
  }
  return calls;
}
