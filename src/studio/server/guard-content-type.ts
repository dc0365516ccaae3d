import type { MiddlewareHandler } from "hono";
import { InputError } from "../../protocol/errors.ts";
import { isReadOnlyMethod } from "./read-only-method.ts";
import type { ServerEnv } from "./server-env.ts";

/** Refuses requests that may change something and do not say they are JSON: forms and no-cors fetches of a page cannot say so. */
export function guardContentType(): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    if (!isReadOnlyMethod(c.req.method) && !isJson(c.req.header("content-type")))
      throw refused(c.req.header("content-type"));
    await next();
  };
}

function isJson(contentType = ""): boolean {
  return contentType.split(";", 1)[0]?.trim().toLowerCase() === "application/json";
}

function refused(contentType: string | undefined): InputError {
  const given = contentType === undefined ? "none" : JSON.stringify(contentType.slice(0, 200));
  return new InputError("CONTENT_TYPE_REFUSED", `The content type must be application/json; received ${given}.`, {
    hint: "Send the header `content-type: application/json`, also with an empty body.",
  });
}
