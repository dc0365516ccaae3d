import type { HttpBindings } from "@hono/node-server";

/** What handlers find in their context: the node objects when a socket is behind it, and the body once it was read. */
export interface ServerEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { body: Uint8Array };
}
