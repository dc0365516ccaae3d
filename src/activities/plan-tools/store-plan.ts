import { Context } from "@temporalio/activity";
import { InputError, InternalError, StateError } from "../../protocol/errors.ts";
import type { PlanId, ReferenceHandle } from "../../protocol/plan.ts";
import type { PlanInput } from "../../protocol/plan-flow.ts";
import type { InputIssue } from "../../specs/input-issue.ts";
import { parsePlanBody } from "../../specs/plan-body.ts";
import { storePlanInput } from "../../specs/plan-tools.ts";
import type { PlanSpec } from "../../specs/plan.ts";
import type { ToolContext } from "../../specs/tool-context.ts";
import type { NewRevision, PlanRecord } from "../../state/plan-port.ts";
import { issuesText } from "../error-text.ts";
import { hashBody } from "../plan-references.ts";
import { listeners, statusNews, tellRuns } from "../tell-runs.ts";
import type { PlanToolStep } from "./plan-tool-step.ts";
import { readArgs } from "./read-args.ts";

/** Checks and stores a revision of a plan and wakes its workflow. Doing it again does nothing new. */
export async function storePlan(step: PlanToolStep, args: unknown, context: ToolContext): Promise<unknown> {
  const { place, host } = step;
  const spec = planSpec(step);
  const { planId, body } = readArgs(storePlanInput(spec), args);
  const revision = await newRevision(step, spec, { planId, body });
  const { kind, plan } = await place.store.plans.storeRevision(revision);
  if (kind === "not-draft" && !isOwnRepetition(plan, revision, context)) throw notDraft(plan);
  const planPlace = { host, binding: place.binding, store: place.store, planId };
  if (kind !== "not-draft") await tellRuns(planPlace, listeners(plan, []), statusNews(planPlace, plan));
  if (kind !== "not-draft") await wakePlan(step, revision);
  return { planId, status: plan.status, revision: plan.revision, planHash: plan.planHash };
}

function planSpec({ place, agent }: PlanToolStep): PlanSpec {
  const { agents, plans } = place.binding.spec;
  const planner = agents.find((candidate) => candidate.name === agent);
  const spec = planner?.role === "planner" ? plans.find(({ name }) => name === planner.plan) : undefined;
  if (spec === undefined) throw new InternalError(`Agent "${agent}" has no plan to store.`);
  return spec;
}

async function newRevision(
  { place, agent }: PlanToolStep,
  spec: PlanSpec,
  { planId, body: given }: { readonly planId: PlanId; readonly body: unknown },
): Promise<NewRevision> {
  const { binding, store, runId, turn } = place;
  const kinds = binding.spec.references.map(({ name }) => name);
  const parsed = parsePlanBody(spec, given, kinds);
  if (!parsed.ok) throw wrongBody(planId, parsed.issues);
  const { body, document } = parsed;
  const hashed = await hashBody(store, { spec, body, held: await heldReferences(place, planId) });
  if (!hashed.ok) throw wrongBody(planId, hashed.issues);
  return {
    planId,
    spec: spec.name,
    specHash: spec.hash,
    body,
    document,
    planHash: hashed.hash,
    origin: { runId, turn, agent, requestedBy: agent },
    workflowId: `${binding.tenant}/${binding.workspace}/plan/${planId}`,
    editedBy: null,
  };
}

/** An open plan keeps its references beyond their time. */
async function heldReferences({ store }: PlanToolStep["place"], planId: PlanId): Promise<readonly ReferenceHandle[]> {
  const plan = await store.plans.get(planId);
  if (plan?.status !== "draft") return [];
  const current = await store.plans.current(planId);
  return current?.body.actions.flatMap((action) => action.references) ?? [];
}

/** An attempt before this one stored it, and people have been quick. */
function isOwnRepetition(plan: PlanRecord, { planHash, origin }: NewRevision, { attempt }: ToolContext): boolean {
  return attempt > 1 && plan.planHash === planHash && plan.origin.turn === origin.turn;
}

async function wakePlan({ place }: PlanToolStep, { planId, planHash, workflowId }: NewRevision): Promise<void> {
  const { app, tenant, workspace } = place.binding;
  const { client, info } = Context.current();
  // The binding's names were parsed when the app was bound.
  const input = { app, tenant, workspace, planId } as PlanInput;
  try {
    await client.workflow.signalWithStart("plan", {
      workflowId,
      taskQueue: info.taskQueue,
      args: [input],
      signal: "revision",
      signalArgs: [{ planHash }],
      staticSummary: `plan ${planId}`,
    });
  } catch (error) {
    throw new StateError("TEMPORAL_UNREACHABLE", `The workflow of plan "${planId}" could not be woken.`, {
      retryable: true,
      cause: error,
    });
  }
}

function wrongBody(planId: string, issues: readonly InputIssue[]): InputError {
  return new InputError(
    "PLAN_INVALID",
    `Plan "${planId}" was not stored. Correct its body and call again.\n${issuesText(issues)}`,
  );
}

function notDraft({ planId, status }: PlanRecord): InputError {
  return new InputError(
    "PLAN_NOT_DRAFT",
    `Plan "${planId}" is ${status} and takes no more revisions. Nothing was stored.`,
    {
      hint: "Use another planId for another plan.",
    },
  );
}
