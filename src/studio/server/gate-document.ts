import type { Gate } from "../../protocol/gate.ts";
import type { OpenGate } from "../../state/plan-port.ts";

/** Something that waits for a person, as scripts see it. */
export interface GateDocument extends Pick<Gate, "contentHash" | "requestedBy" | "openedAt" | "deadline"> {
  readonly schemaVersion: 1;
  /** What to answer: a plan's id, or the gate's own for a tool call. */
  readonly id: string;
  readonly gateId: string;
  readonly kind: Gate["subject"]["kind"];
  readonly tool: string | null;
  readonly runId: string | null;
  readonly workflowId: string;
}

/** The stable document of an open gate. */
export function gateDocument({ gate, workflowId, runId }: OpenGate): GateDocument {
  const { id: gateId, subject, contentHash, requestedBy, openedAt, deadline } = gate;
  return {
    schemaVersion: 1,
    id: subject.kind === "plan" ? subject.planId : gateId,
    gateId,
    kind: subject.kind,
    tool: subject.kind === "tool" ? subject.tool : null,
    contentHash,
    requestedBy,
    openedAt,
    deadline,
    runId,
    workflowId,
  };
}
