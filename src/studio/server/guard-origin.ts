import type { MiddlewareHandler } from "hono";
import { InputError } from "../../protocol/errors.ts";
import type { ServedAddresses } from "./served-addresses.ts";
import type { ServerEnv } from "./server-env.ts";

/**
 * Refuses requests that a page of another origin caused, reads included. Callers that are no browser send neither header;
 * `Origin: null` (sandboxed frames, local files) is nobody's own.
 */
export function guardOrigin({ origins }: ServedAddresses): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const origin = c.req.header("origin");
    if (origin !== undefined && !origins.has(origin.toLowerCase()))
      throw refused(`the origin ${JSON.stringify(origin.slice(0, 200))}`);
    const isForeign = origin === undefined && c.req.header("sec-fetch-site")?.toLowerCase() === "cross-site";
    if (isForeign) throw refused("another site");
    await next();
  };
}

function refused(from: string): InputError {
  return new InputError("ORIGIN_REFUSED", `This server does not answer to pages of ${from}.`, {
    hint: "Call it from its own pages or from a program, or add the origin to its allowed origins.",
  });
}
