import type { GatedCall } from "../../engine/tool-gate.ts";
import { InternalError } from "../../protocol/errors.ts";
import { ToolCallId } from "../../protocol/ids.ts";
import type { AgentManifest } from "../../protocol/manifest.ts";
import type { RunToolInput } from "../../protocol/turn.ts";
import type { CallRecord } from "../../state/port.ts";
import { findAgent, findPlace, type FoundPlace } from "../find-turn.ts";
import type { ActivityHost } from "../host.ts";

/** One tool call of a turn as an activity finds it in the store. */
export interface FoundCall {
  readonly place: FoundPlace;
  readonly agent: AgentManifest;
  readonly call: CallRecord;
}

/** Finds a call of a turn with its place and its agent. */
export async function findCall(host: ActivityHost, input: Pick<RunToolInput, "ref" | "callId">): Promise<FoundCall> {
  const place = await findPlace(host, input.ref);
  const agent = findAgent(place.binding, input.ref.agent);
  const callId = ToolCallId.parse(input.callId);
  const call = await place.store.steps.call(place.turn, callId);
  if (call === null) throw new InternalError(`Call ${callId} of turn ${place.turn} is not in the store.`);
  return { place, agent, call };
}

/** The call as its gate sees it. */
export function gatedCall({ place, agent, call }: FoundCall): GatedCall {
  const { binding, turn } = place;
  const { tenant, workspace } = binding;
  return { tenant, workspace, turn, callId: call.callId, agent: agent.name, tool: call.name, args: call.args };
}
