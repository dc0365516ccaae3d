import type { Session } from "../../runtime/session.ts";
import { countPollers } from "../../runtime/temporal/poller-count.ts";
import type { Output } from "../output/output.ts";

/** The workers on the session's task queue; null when the server does not say. */
export async function pollersOf({ client, target, taskQueue }: Session): Promise<number | null> {
  return countPollers({ client, namespace: target.namespace, taskQueue }).catch(() => null);
}

/** Something that may take its time, watched for want of a worker. */
export interface PollerWatch {
  /** It moved, so somebody works on it. */
  seen(): void;
  stop(): void;
}

/** A run that is silent for this long may have no worker. */
const SILENCE_MS = 3_000;

/** Says once when nothing happens for a few seconds and no worker polls the task queue. */
export function watchPollers(output: Output, session: Session): PollerWatch {
  const look = async (): Promise<void> => {
    if ((await pollersOf(session)) !== 0) return;
    const { taskQueue } = session;
    output.warning(`no worker polls task queue ${taskQueue} (0 pollers); start one with bridle worker or bridle dev`);
  };
  const start = (): NodeJS.Timeout => setTimeout(() => void look(), SILENCE_MS).unref();
  let timer = start();
  return {
    seen() {
      clearTimeout(timer);
      timer = start();
    },
    stop: () => clearTimeout(timer),
  };
}
