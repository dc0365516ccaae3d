import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { InputError } from "../../protocol/errors.ts";
import type { ServerEnv } from "./server-env.ts";

/** Refuses requests without the token. Hashes are compared, so neither its content nor its length shows in the time taken. */
export function guardToken(token: string): MiddlewareHandler<ServerEnv> {
  const expected = digest(token);
  return async (c, next) => {
    const [, given] = /^Bearer +([^ ]+) *$/i.exec(c.req.header("authorization") ?? "") ?? [];
    if (given === undefined || !timingSafeEqual(digest(given), expected)) throw refused(given !== undefined);
    await next();
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function refused(isGiven: boolean): InputError {
  const what = isGiven ? "The bearer token is not the one of this server." : "The request carries no bearer token.";
  return new InputError("TOKEN_REFUSED", what, {
    hint: "Send the token of this start in the authorization header, as bearer token; it is in the file api-token of the data folder.",
  });
}
