import type { ToolSpec } from "../../specs/tools/tool.ts";
import type { CallRecord, StepAttempt } from "../../state/port.ts";
import type { FoundPlace } from "../find-turn.ts";
import type { ActivityHost } from "../host.ts";

/** One tool call while its activity runs. */
export interface ToolStep {
  readonly host: ActivityHost;
  readonly place: FoundPlace;
  readonly agent: string;
  readonly call: CallRecord;
  readonly tool: ToolSpec;
  readonly attempt: StepAttempt;
}
