import { StateError } from "../protocol/errors.ts";
import type { Session } from "./session.ts";

/** A session that opens when it is first needed. */
export interface LazySession {
  open(): Promise<Session>;
  close(): Promise<void>;
}

/** Opens a session once, however many ask; a failed opening may be tried again, a closed session stays closed. */
export function lazily(open: () => Promise<Session>): LazySession {
  let opening: Promise<Session> | undefined;
  let isClosed = false;
  return {
    async open() {
      if (isClosed) throw new StateError("RUNTIME_CLOSED", "This runtime was closed.", { hint: "Create another one." });
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async close() {
      isClosed = true;
      const closing = opening;
      opening = undefined;
      await (await closing?.catch(() => undefined))?.close();
    },
  };
}
