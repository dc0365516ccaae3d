import { askersOfNext } from "../../engine/askers-of-next.ts";
import { planRule } from "../../engine/plan-rule.ts";
import { notDraftPlan, otherAgentsPlan, tooManyAskers, unmeetablePlan } from "../../engine/refused-plan.ts";
import { whyUnmeetable } from "../../engine/why-unmeetable.ts";
import { InputError } from "../../protocol/errors.ts";
import { HOST } from "../../protocol/requester.ts";
import type { PlanId } from "../../protocol/plan.ts";
import { planWorkflowId } from "../../protocol/workflow-id.ts";
import type { PlanSpec } from "../../specs/plans/plan.ts";
import { readPlanBody } from "../../specs/plans/read-plan-body.ts";
import type { InputIssue } from "../../specs/schemas/input-issue.ts";
import type { NewRevision, PlanRecord } from "../../state/plan-port.ts";
import { parsePlanId, parseRequester } from "../parse-id.ts";
import type { RunPlace } from "../place.ts";
import { otherApp } from "./find-plan.ts";
import { signalPlan } from "./signal-plan.ts";

/** A plan that host code made itself. */
export interface HostPlan {
  /** The kind of plan, or its name. */
  readonly plan: PlanSpec | string;
  readonly planId: string;
  readonly body: unknown;
  /** Who asks for it, and whom `notRequester` keeps from approving; `host` unless said. */
  readonly requestedBy?: string;
}

/** Checks and stores a revision of a plan and wakes its workflow, which opens the gate. The same content again is the same revision. */
export async function storeHostPlan(place: RunPlace, given: HostPlan): Promise<PlanRecord> {
  const revision = await newRevision(place, parsePlanId(given.planId), given);
  const { kind, plan } = await place.store.plans.storeRevision(revision);
  if (kind === "other-app") throw otherApp(place, plan);
  if (kind === "other-agent") throw otherAgentsPlan(plan, null);
  if (kind === "too-many-askers") throw tooManyAskers(plan);
  if (kind === "not-draft") throw notDraftPlan(plan);
  await signalPlan(place, plan.planId, { name: "revision", payload: { planHash: plan.planHash } });
  return plan;
}

async function newRevision(place: RunPlace, planId: PlanId, given: HostPlan): Promise<NewRevision> {
  const { app, scope, store } = place;
  const spec = knownPlan(place, given.plan);
  const requestedBy = given.requestedBy === undefined ? HOST : parseRequester(given.requestedBy);
  const askers = askersOfNext(await store.plans.get(planId), { agent: null, requestedBy });
  const never = whyUnmeetable({ rule: planRule(app.spec.manifest, { planId, agent: null }), ...askers });
  if (never !== null) throw unmeetablePlan(planId, never);
  const read = await readPlanBody(store, { planId, spec, references: app.spec.references, body: given.body });
  if (!read.ok) throw wrongBody(planId, read.issues);
  const { body, document, planHash } = read;
  return {
    planId,
    spec: spec.name,
    specHash: spec.hash,
    body,
    document,
    planHash,
    origin: { app: app.app, runId: null, turn: null, agent: null, requestedBy },
    workflowId: planWorkflowId(scope, planId),
    editedBy: null,
  };
}

function knownPlan({ app }: RunPlace, wanted: PlanSpec | string): PlanSpec {
  const { plans } = app.spec;
  const name = typeof wanted === "string" ? wanted : wanted.name;
  const found = plans.find((spec) => spec.name === name);
  if (found !== undefined && (typeof wanted === "string" || wanted.hash === found.hash)) return found;
  const names = plans.map((spec) => spec.name).join(", ");
  throw new InputError(
    "INPUT_INVALID",
    `plans.store(): the plan must be one that the runtime registers (${names === "" ? "none is" : names}), received "${name}"${found === undefined ? "" : " with another schema"}.`,
    { hint: "Add it to `plans` of defineRuntime." },
  );
}

function wrongBody(planId: PlanId, issues: readonly InputIssue[]): InputError {
  const told = issues.map(({ message }) => `- ${message}`).join("\n");
  return new InputError("INPUT_INVALID", `Plan "${planId}" was not stored. Its body is wrong:\n${told}`);
}
