import { StateError } from "../../protocol/errors.ts";

/** The event streams that are open on a server: bounded in number, and all ended when it closes. */
export interface OpenStreams {
  /** Takes a place; fails with STREAMS_FULL when none is left. */
  open(): OpenStream;
  /** Ends every stream; later ones are ended as they begin. */
  closeAll(): void;
}

/** A place in use. `end` gives it back and may be called more than once. */
export interface OpenStream {
  readonly signal: AbortSignal;
  end(): void;
}

/** Room for `limit` streams at a time. */
export function createOpenStreams(limit: number): OpenStreams {
  const open = new Set<AbortController>();
  let isClosed = false;
  return {
    open() {
      if (open.size >= limit) throw full(limit);
      const controller = new AbortController();
      open.add(controller);
      if (isClosed) controller.abort();
      return {
        signal: controller.signal,
        end() {
          open.delete(controller);
          controller.abort();
        },
      };
    },
    closeAll() {
      isClosed = true;
      for (const controller of open) controller.abort();
    },
  };
}

function full(limit: number): StateError {
  return new StateError("STREAMS_FULL", `This server keeps ${limit} event streams open, and all are in use.`, {
    retryable: true,
    hint: "Close a stream, try again later, or read the same events as JSON.",
  });
}
