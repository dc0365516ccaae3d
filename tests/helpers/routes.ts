import type { createApp } from "../../src/studio/server/create-app.ts";

/** A route of the HTTP API with a path that can be called. */
export interface ListedRoute {
  readonly method: string;
  readonly path: string;
}

/** Every route of an app, middleware left out, with `x` for each parameter. */
export function routesOf(app: ReturnType<typeof createApp>): readonly ListedRoute[] {
  const routes = app.routes.filter(({ method }) => method !== "ALL");
  return routes.map(({ method, path }) => ({ method, path: path.replaceAll(/:[a-z]+/g, "x") }));
}
