import type { MiddlewareHandler } from "hono";
import { InputError } from "../../protocol/errors.ts";
import { isReadOnlyMethod } from "./read-only-method.ts";
import type { ServerEnv } from "./server-env.ts";

/** Reads the body up to a limit and keeps it for the handler; a longer one is refused before the rest of it is read. */
export function guardBody(maxBytes: number): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    if (!isReadOnlyMethod(c.req.method)) {
      if (Number(c.req.header("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
      c.set("body", await readBody(c.req.raw.body, maxBytes));
    }
    await next();
  };
}

async function readBody(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): InputError {
  return new InputError("BODY_TOO_LARGE", `A request body may have ${maxBytes} bytes; received more.`, {
    hint: "Pass large data to a tool, not to the model.",
  });
}
