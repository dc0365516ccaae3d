import type { AgentManifest } from "../../protocol/manifest.ts";
import type { CallModelInput } from "../../protocol/turn.ts";
import type { StepAttempt } from "../../state/port.ts";
import type { Beginning, FoundPlace } from "../find-turn.ts";
import type { ActivityHost } from "../host.ts";
import type { StepLog } from "./step-log.ts";

/** One model step while its activity runs. */
export interface ModelStep {
  readonly host: ActivityHost;
  readonly input: CallModelInput;
  readonly place: FoundPlace;
  readonly agent: AgentManifest;
  /** Set on the first step of a turn. */
  readonly beginning: Beginning | null;
  readonly attempt: StepAttempt;
  readonly log: StepLog;
  /** Nobody waits for the reply any more: the turn was cancelled, or this worker stops. */
  readonly abandoned: AbortSignal;
}
