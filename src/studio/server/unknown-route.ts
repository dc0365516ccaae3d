import type { Context, Hono } from "hono";
import { InputError } from "../../protocol/errors.ts";
import type { ServerEnv } from "./server-env.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Answers what no route took: OPTIONS of a route with its methods, another method with 405, another path with 404. */
export function unknownRoute(app: Hono<ServerEnv>): (c: Context<ServerEnv>) => Response {
  return (c) => {
    const { method, path } = c.req;
    const allowed = routeMethods(app, path);
    if (allowed.length === 0) throw unknown(method, path);
    c.header("allow", allowed.join(", "));
    if (method === "OPTIONS") return c.body(null, 204);
    throw new InputError("METHOD_REFUSED", `${path} takes ${allowed.join(", ")}; received ${method}.`, {
      hint: `Send one of these; \`bridle capabilities --json\` lists the routes and what they take.`,
    });
  };
}

/** Middleware is there for all methods, so only handlers count. */
function routeMethods(app: Hono<ServerEnv>, path: string): readonly string[] {
  const methods = METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  );
  if (methods.length === 0) return [];
  return [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
}

function unknown(method: string, path: string): InputError {
  return new InputError("ROUTE_UNKNOWN", `There is nothing at ${method} ${JSON.stringify(path.slice(0, 200))}.`, {
    hint: "`bridle capabilities` and docs/http.md list the routes.",
  });
}
