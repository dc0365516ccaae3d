import type { Session } from "../session.ts";

/** Where the workflows of a runtime are, for commands and links that people use beside it. */
export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** The Web UI of the project's own server; null for a server that somebody else runs. */
  readonly webUiUrl: string | null;
}

/** The Temporal server that an open session uses. */
export function temporalPlace({ target, taskQueue }: Session): TemporalPlace {
  const { options, namespace, embedded } = target;
  return { address: options.address, namespace, taskQueue, webUiUrl: embedded?.uiUrl ?? null };
}
