import { askersOfNext } from "../../../engine/askers-of-next.ts";
import { notDraftPlan, otherAgentsPlan, tooManyAskers, unmeetablePlan } from "../../../engine/refused-plan.ts";
import { whyUnmeetable } from "../../../engine/why-unmeetable.ts";
import { InputError, InternalError } from "../../../protocol/errors.ts";
import type { PlanId } from "../../../protocol/plan.ts";
import { planWorkflowId } from "../../../protocol/workflow-id.ts";
import type { InputIssue } from "../../../specs/schemas/input-issue.ts";
import { storePlanInput } from "../../../specs/plans/plan-tools.ts";
import type { PlanSpec } from "../../../specs/plans/plan.ts";
import { readPlanBody } from "../../../specs/plans/read-plan-body.ts";
import type { ToolContext } from "../../../specs/tools/tool-context.ts";
import type { NewRevision, PlanRecord } from "../../../state/plan-port.ts";
import { issuesText } from "../../error-text.ts";
import { otherApp } from "../../plans/other-app.ts";
import { ruleOf } from "../../gates/open-plan-gate.ts";
import { listeners, statusNews, tellRuns } from "../../plans/tell-runs.ts";
import { wakePlan } from "../../plans/wake-plan.ts";
import type { PlanToolStep } from "./plan-tool-step.ts";
import { readArgs } from "./read-args.ts";

/** Checks and stores a revision of a plan and wakes its workflow. Doing it again does nothing new. */
export async function storePlan(step: PlanToolStep, args: unknown, context: ToolContext): Promise<unknown> {
  const { place, host } = step;
  const spec = planSpec(step);
  const { planId, body } = readArgs(storePlanInput(spec), args);
  const revision = await newRevision(step, spec, { planId, body });
  const askers = askersOfNext(await place.store.plans.get(planId), revision.origin);
  const never = whyUnmeetable({ rule: ruleOf(step.place, revision), ...askers });
  if (never !== null) throw unmeetablePlan(planId, never);
  const { kind, plan } = await place.store.plans.storeRevision(revision);
  if (kind === "other-app") throw otherApp(plan);
  if (kind === "other-agent") throw otherAgentsPlan(plan, step.agent);
  if (kind === "too-many-askers") throw tooManyAskers(plan);
  if (kind === "not-draft" && !isOwnRepetition(plan, revision, context)) throw notDraftPlan(plan);
  const planPlace = { host, binding: place.binding, store: place.store, planId };
  if (kind !== "not-draft") await tellRuns(planPlace, listeners(plan, []), statusNews(planPlace, plan));
  if (kind !== "not-draft") await wakePlan(planPlace, plan, { name: "revision", payload: { planHash: plan.planHash } });
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
  const read = await readPlanBody(store, { planId, spec, references: binding.spec.references, body: given });
  if (!read.ok) throw wrongBody(planId, read.issues);
  const { body, document, planHash } = read;
  const requestedBy = (await store.runs.get(runId))?.requestedBy ?? agent;
  return {
    planId,
    spec: spec.name,
    specHash: spec.hash,
    body,
    document,
    planHash,
    origin: { app: binding.app, runId, turn, agent, requestedBy },
    workflowId: planWorkflowId(binding, planId),
    editedBy: null,
  };
}

/** An attempt before this one stored it, and people have been quick. */
function isOwnRepetition(plan: PlanRecord, { planHash, origin }: NewRevision, { attempt }: ToolContext): boolean {
  return attempt > 1 && plan.planHash === planHash && plan.origin.turn === origin.turn;
}

function wrongBody(planId: string, issues: readonly InputIssue[]): InputError {
  return new InputError(
    "PLAN_INVALID",
    `Plan "${planId}" was not stored. Correct its body and call again.\n${issuesText(issues)}`,
  );
}
