import { Context } from "@temporalio/activity";
import { agentSlice } from "../../engine/agent-slice.ts";
import type { ModelProvider, ModelReply, ModelRequest } from "../../models/port.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import type { CallModelInput, CallModelResult } from "../../protocol/turn.ts";
import { preview } from "../../lib/cap-text.ts";
import { beginTurn, checkInput, findAgent, findPlace, type FoundPlace } from "../find-turn.ts";
import type { ActivityHost } from "../host.ts";
import { conversation, type Conversation } from "./conversation.ts";
import { commitReply } from "./commit-reply.ts";
import type { ModelStep } from "./model-step.ts";
import { settledEvents } from "./reply-events.ts";
import { stepAttempt } from "../step-attempt.ts";
import { type WhenBack, stepLog } from "./step-log.ts";
import { retryDelay, failureText } from "../to-failure.ts";
import { untilStored } from "../until-stored.ts";

/**
 * One model step: loads the conversation, calls the provider while streaming to the run log, and commits the reply with its tool
 * calls and events in one transaction. An attempt that finds the step committed returns what was committed and calls nobody.
 */
export async function callModel(host: ActivityHost, input: CallModelInput): Promise<CallModelResult> {
  if (input.first !== undefined) checkInput(input.first.input);
  const place = await findPlace(host, input.ref);
  const beginning = input.first === undefined ? null : await beginTurn(place, input.first);
  if (beginning?.claim === "taken") return duplicate(place, input);
  const step = openStep({ host, input, place, beginning });
  const begun = await place.store.steps.begin(step.attempt);
  if (begun.kind === "done") return recorded(begun.result);
  if (beginning?.claim === "over") return duplicate(place, input);
  host.crashPoints.pass("step.claimed");
  const talk = await conversation(step);
  const provider = place.binding.provider(step.agent.model);
  const news = { settle: talk.settled, events: settledEvents(step, talk) };
  await step.log.started(step.agent.model.id, { superseded: begun.superseded, news });
  host.crashPoints.pass("step.begun");
  const reply = await ask(step, provider, talk);
  host.crashPoints.pass("model.response.received");
  const result = await commitReply(step, { talk, reply, found: foundBy(step) });
  host.crashPoints.pass("transcript.appended");
  return result;
}

function openStep({
  host,
  input,
  place,
  beginning,
}: Pick<ModelStep, "host" | "input" | "place" | "beginning">): ModelStep {
  const agent = beginning?.agent ?? findAgent(place.binding, input.ref.agent);
  const attempt = stepAttempt(place, `model:${input.step}`);
  const abandoned = AbortSignal.any([Context.current().cancellationSignal, host.graceOver]);
  const whenBack: WhenBack = (write) => untilStored(host, write, abandoned);
  const log = stepLog({ store: place.store, attempt, agent: agent.name, number: input.step, whenBack });
  return { host, input, place, agent, beginning, attempt, log, abandoned };
}

async function ask(step: ModelStep, provider: ModelProvider, talk: Conversation): Promise<ModelReply> {
  const { cancellationSignal } = Context.current();
  const deltas = step.log.deltas(cancellationSignal, () => step.host.crashPoints.pass("model.delta"));
  try {
    const reply = await provider.call(modelRequest(step, talk), {
      signal: deltas.signal,
      onDelta: (delta) => deltas.add(delta),
    });
    await deltas.flush();
    return reply;
  } catch (error) {
    await deltas.settled(); // nothing this attempt said may come after its end
    await announceRetry(step, error);
    throw error;
  }
}

function modelRequest(step: ModelStep, talk: Conversation): ModelRequest {
  const { model, prompt, tools } = step.agent;
  const messages = [...talk.before, ...talk.added].map((node) => node.message);
  return { model, system: prompt, tools, messages, seed: talk.head };
}

/** Readers hear of a retry when it is decided, not when it begins. */
async function announceRetry(step: ModelStep, error: unknown): Promise<void> {
  const { attempt } = step.attempt;
  const delay = retryDelay(error, { attempt, modelRetry: step.place.binding.modelRetry });
  if (typeof delay === "number") await step.log.retrying(failureText(error), delay);
}

function foundBy(step: ModelStep): CallModelResult["found"] {
  if (step.beginning === null) return undefined;
  const { tenant, workspace, spec } = step.place.binding;
  return {
    tenant,
    workspace,
    agent: step.agent.name,
    slice: agentSlice(spec.manifest, step.agent, step.host.heartbeatMs),
  };
}

/** Another execution has this run: report how it stands and touch nothing. */
async function duplicate(place: FoundPlace, input: CallModelInput): Promise<CallModelResult> {
  const run = await place.store.runs.get(place.runId);
  return {
    head: input.head ?? "",
    next: "duplicate",
    finish: run?.finish ?? "stop",
    preview: preview(run?.text ?? "", PREVIEW_CHARS),
  };
}

/** The journal holds only what this activity put there. */
function recorded(result: unknown): CallModelResult {
  return result as CallModelResult;
}
