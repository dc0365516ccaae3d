import type { MiddlewareHandler } from "hono";
import { InputError } from "../../protocol/errors.ts";
import type { ServedAddresses } from "./served-addresses.ts";
import type { ServerEnv } from "./server-env.ts";

/** Refuses requests for another name: a page whose name was rebound to this machine still sends its own. */
export function guardHost({ hosts }: ServedAddresses): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const host = c.req.header("host") ?? "";
    if (!hosts.has(host.toLowerCase())) throw refused(host);
    await next();
  };
}

function refused(host: string): InputError {
  return new InputError(
    "HOST_REFUSED",
    `This server does not answer to the host ${JSON.stringify(host.slice(0, 200))}.`,
    {
      hint: "Call it by the address it printed, or add the name to its allowed hosts.",
    },
  );
}
