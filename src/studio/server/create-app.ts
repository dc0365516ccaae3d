import { Hono } from "hono";
import { approvalRoutes } from "./approval-routes.ts";
import { errorResponse } from "./error-response.ts";
import { eventRoutes } from "./event-routes.ts";
import { guardBody } from "./guard-body.ts";
import { guardContentType } from "./guard-content-type.ts";
import { guardHost } from "./guard-host.ts";
import { guardOrigin } from "./guard-origin.ts";
import { guardToken } from "./guard-token.ts";
import { healthRoutes } from "./health-routes.ts";
import type { HttpServerOptions } from "./http-server-options.ts";
import type { OpenStreams } from "./open-streams.ts";
import { planRoutes } from "./plan-routes.ts";
import { referenceRoutes } from "./reference-routes.ts";
import { runRoutes } from "./run-routes.ts";
import { noStore, securityHeaders } from "./security-headers.ts";
import type { ServedAddresses } from "./served-addresses.ts";
import type { ServerEnv } from "./server-env.ts";
import type { ServerLimits } from "./server-limits.ts";
import { threadRoutes } from "./thread-routes.ts";
import { unknownRoute } from "./unknown-route.ts";

/** What the routes need; everything about sockets is left to the server. */
export interface AppOptions extends Pick<
  HttpServerOptions,
  "app" | "runtimes" | "defaultWorkspace" | "token" | "readiness" | "onError"
> {
  readonly addresses: ServedAddresses;
  readonly streams: OpenStreams;
  readonly limits: ServerLimits;
  readonly isServing: () => boolean;
}

/**
 * All routes behind their guards. The guards are registered first and for every path, so that a route which is added later
 * cannot be without them; everything under /api needs the token too.
 */
export function createApp(options: AppOptions): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.onError(errorResponse({ secrets: [options.token], onError: options.onError }));
  app.notFound(unknownRoute(app));

  app.use(securityHeaders(), guardHost(options.addresses), guardOrigin(options.addresses));
  app.use("/api/*", noStore(), guardToken(options.token));
  app.use(guardContentType(), guardBody(options.limits.requestBodyBytes));

  app.route("/", healthRoutes(options));
  app.route("/api/runs", runRoutes(options));
  app.route("/api/runs", eventRoutes(options));
  app.route("/api/plans", planRoutes(options));
  app.route("/api/approvals", approvalRoutes(options));
  app.route("/api/references", referenceRoutes(options));
  app.route("/api/threads", threadRoutes(options));
  return app;
}
