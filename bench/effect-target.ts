import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";

const Call = z.strictObject({ planId: z.string(), index: z.number(), key: z.string().nullable(), count: z.number() });

/** A target that applies what it is sent; a key that it knows is not applied again. */
export interface EffectTarget extends AsyncDisposable {
  readonly url: string;
  /** How often each action of a plan took effect. */
  effects(planId: string): ReadonlyMap<number, number>;
  /** How many calls there were. */
  calls(): number;
}

/** Starts a target in this process. */
export async function startEffectTarget(): Promise<EffectTarget> {
  const keys = new Set<string>();
  const plans = new Map<string, Map<number, number>>();
  let calls = 0;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { planId, index, key } = Call.parse(JSON.parse(body));
      calls += 1;
      if (key === null || !keys.has(key)) {
        const effects = plans.get(planId) ?? new Map<number, number>();
        plans.set(planId, effects.set(index, (effects.get(index) ?? 0) + 1));
      }
      if (key !== null) keys.add(key);
      response.end("{}");
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    effects: (planId) => plans.get(planId) ?? new Map<number, number>(),
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
