import { Context } from "@temporalio/activity";
import { InputError } from "../protocol/errors.ts";
import { NAME_EXPECTED, RunId, Scope, ThreadId, ToolCallId, TurnId, type ContentHash } from "../protocol/ids.ts";
import type { AgentManifest } from "../protocol/manifest.ts";
import { PREVIEW_CHARS } from "../protocol/limits/text.ts";
import { isFinalRunStatus } from "../protocol/run.ts";
import { type FirstStep, TurnInput, type TurnParent, type TurnRef } from "../protocol/turn.ts";
import { preview } from "../lib/cap-text.ts";
import type { ScopedStore } from "../state/port.ts";
import type { ActivityHost, AppBinding } from "./host.ts";

/** A turn as an activity works on it: names checked, app and store at hand. */
export interface FoundPlace {
  readonly binding: AppBinding;
  readonly store: ScopedStore;
  readonly runId: RunId;
  readonly turn: TurnId;
  readonly threadId: ThreadId;
  readonly isRoot: boolean;
}

/** Finds app and store of a turn. */
export async function findPlace(host: ActivityHost, ref: TurnRef): Promise<FoundPlace> {
  const binding = await host.bind(ref);
  const scope = Scope.parse({ tenant: binding.tenant, workspace: binding.workspace });
  return {
    binding,
    store: host.store.in(scope),
    runId: parsed(RunId, ref.runId, "runId"),
    turn: TurnId.parse(ref.turn),
    threadId: parsed(ThreadId, ref.threadId, "threadId"),
    isRoot: ref.turn === ref.runId,
  };
}

/** The agent a turn belongs to; the app's entry when the caller named none. */
export function findAgent(binding: AppBinding, name: string | undefined): AgentManifest {
  const { agents, entry } = binding.spec.manifest;
  const agent = agents[name ?? entry ?? ""];
  if (agent !== undefined) return agent;
  const known = Object.keys(agents).join(", ");
  const received = name === undefined ? "no agent, and the app has no coordinator" : `"${name}"`;
  throw new InputError(
    "AGENT_UNKNOWN",
    `App "${binding.app}" has no such agent: expected one of ${known}; received ${received}.`,
  );
}

/** What the first step of a turn finds: whose turn it is, what was asked, and where the conversation stands. */
export interface Beginning {
  readonly agent: AgentManifest;
  readonly prompt: string;
  readonly head: ContentHash | null;
  readonly parent: TurnParent | null;
  /** `taken`: another execution has this run. `over`: this execution had it, and it has ended. */
  readonly claim: "mine" | "taken" | "over";
}

/** Reads where a turn begins and takes possession of its run. The same on every attempt. */
export async function beginTurn(place: FoundPlace, first: FirstStep): Promise<Beginning> {
  const input = checkInput(first.input);
  const agent = findAgent(place.binding, input.agent);
  const parent = input.parent ?? null;
  const prompt = parent === null ? await rootPrompt(place, input) : await routedPrompt(place, parent);
  const claim = parent === null ? await claimRun(place, { first, input, agent: agent.name, prompt }) : "mine";
  return { agent, prompt, parent, claim, head: agent.stateful ? await rememberedHead(place, agent.name) : null };
}

/** Reads what a turn was started with; a person may have typed it. */
export function checkInput(input: unknown): TurnInput {
  const result = TurnInput.safeParse(input);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`).join("; ");
  throw new InputError("INPUT_INVALID", `agentTurn was started with a wrong input: ${issues}.`, {
    hint: 'Start it with one argument: {"app": "...", "threadId": "...", "prompt": "..."}.',
  });
}

async function rootPrompt(place: FoundPlace, input: TurnInput): Promise<string> {
  if (input.stored === true) return place.store.runs.prompt(place.runId);
  if (input.prompt !== undefined) return input.prompt;
  throw new InputError(
    "INPUT_INVALID",
    "agentTurn was started without a prompt: expected a string in `prompt`, received nothing.",
  );
}

async function routedPrompt(place: FoundPlace, parent: TurnParent): Promise<string> {
  const call = await place.store.steps.call(parent.turn, ToolCallId.parse(parent.callId));
  const args = call?.args;
  if (typeof args === "object" && args !== null && "prompt" in args && typeof args.prompt === "string")
    return args.prompt;
  throw new InputError("INPUT_INVALID", `Call ${parent.callId} of turn ${parent.turn} holds no prompt for this agent.`);
}

interface Claim {
  readonly first: FirstStep;
  readonly input: TurnInput;
  readonly agent: string;
  readonly prompt: string;
}

async function claimRun(place: FoundPlace, { first, input, agent, prompt }: Claim): Promise<Beginning["claim"]> {
  const { runId, threadId, binding } = place;
  const run = {
    runId,
    threadId,
    app: binding.app,
    agent,
    workflowId: first.workflowId,
    prompt,
    requestedBy: input.stored === true ? null : (input.requestedBy ?? null),
    manifestHash: input.manifest ?? null,
    namespace: Context.current().info.workflowNamespace ?? "",
  };
  const claimed = await place.store.runs.claim({ ...run, status: "starting" }, first.executionId);
  if (!claimed.mine) return "taken";
  return isFinalRunStatus(claimed.run.status) ? "over" : "mine";
}

/** A turn of this run that ended earlier comes before what the thread remembers. */
async function rememberedHead(place: FoundPlace, agent: string): Promise<ContentHash | null> {
  const inRun = place.isRoot ? null : await place.store.steps.runHead(place.runId, agent);
  if (inRun !== null) return inRun;
  const thread = await place.store.threads.get(place.threadId);
  return thread?.heads[agent] ?? null;
}

function parsed<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  value: string,
  name: string,
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InputError(
    "INPUT_INVALID",
    `${name} must be ${NAME_EXPECTED}; received ${JSON.stringify(preview(value, PREVIEW_CHARS))}.`,
  );
}
