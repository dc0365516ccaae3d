import { RetryableToolError } from "bridle";
import * as z from "zod";
import { type Delivery, type Effect, type Platform, PlatformRefusal, type Receipt, type Totals } from "./platform.ts";

const ReceiptBody = z.object({ products: z.number().int(), replayed: z.boolean() });
const EffectsBody = z.object({ effects: z.array(z.custom<Effect>()) });
const StockBody = z.object({ totals: z.custom<Totals>() });
const HealthBody = z.object({ products: z.number().int() });
const ErrorBody = z.object({ error: z.string() });

/**
 * The platform over HTTP. What the platform refused is final. Everything else, no answer among them, may have taken effect, so it
 * asks for another attempt: the key makes that safe.
 */
export function httpPlatform(url: string): Platform {
  const post = async (path: string, body: object, { key, fence, signal }: Delivery): Promise<Receipt> => {
    const fenced = fence === null ? {} : { "x-fence": String(fence) };
    const headers = { "content-type": "application/json", "idempotency-key": key, ...fenced };
    const request = {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    };
    return ReceiptBody.parse(await answerOf(url, path, request));
  };
  return {
    replenish: (order, delivery) => post("/replenishments", order, delivery),
    hold: (holdback, delivery) => post("/holdbacks", holdback, delivery),
    find: async (key) => {
      const found = EffectsBody.parse(await answerOf(url, `/effects?key=${encodeURIComponent(key)}`, {}));
      return found.effects[0] ?? null;
    },
    book: async (planId) => ({
      ...EffectsBody.parse(await answerOf(url, `/effects?planId=${encodeURIComponent(planId)}`, {})),
      ...StockBody.parse(await answerOf(url, "/stock", {})),
    }),
    productCount: async () => HealthBody.parse(await answerOf(url, "/healthz", {})).products,
  };
}

async function answerOf(url: string, path: string, request: RequestInit): Promise<unknown> {
  const response = await reach(url, path, request);
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const told = ErrorBody.safeParse(body);
  const message = `The platform answered ${response.status}: ${told.success ? told.data.error : "nothing readable"}`;
  if (response.status < 500) throw new PlatformRefusal(response.status, message);
  throw new RetryableToolError(message);
}

async function reach(url: string, path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, url), request);
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RetryableToolError(`The platform at ${url} did not answer: ${why}`, {
      hint: "Start it with the command platform; the plan goes on by itself.",
    });
  }
}
