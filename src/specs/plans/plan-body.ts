import { byteLength } from "../../lib/cap-text.ts";
import { copyJson } from "../../lib/copy-json.ts";
import type { Json, JsonObject } from "../../protocol/json.ts";
import { PLAN_ACTIONS, PLAN_BODY_BYTES, PLAN_BODY_DEPTH } from "../../protocol/limits/plan.ts";
import type { PlanBody } from "../../protocol/plan.ts";
import { describeValue } from "../describe-value.ts";
import { type InputIssue, inputIssue } from "../schemas/input-issue.ts";
import type { ParseResult } from "../schemas/input-schema.ts";
import { isJsonObject } from "../schemas/is-json-object.ts";
import { type NormalisedAction, normaliseAction } from "./normalise-action.ts";
import type { PlanSpec } from "./plan.ts";

/** A body that may be stored, or everything that is wrong with it. */
export type ParsedPlanBody =
  | {
      readonly ok: true;
      readonly body: PlanBody;
      /** The body as the schema describes it; what people edit and what is checked again. */
      readonly document: JsonObject;
    }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/**
 * Checks the whole body of a plan and brings its actions into the form that is approved and applied. `referenceKinds` are the
 * kinds that the runtime registers.
 */
export function parsePlanBody(plan: PlanSpec, body: unknown, referenceKinds: readonly string[]): ParsedPlanBody {
  const given = storableBody(body);
  if (!given.ok) return given;
  const parsed = parseDocument(plan, given.value);
  if (!parsed.ok) return parsed;
  const { actions, ...context } = parsed.value;
  if (!Array.isArray(actions)) return refused("actions", "an array", describeValue(actions));
  const normalised = actions.map((action: Json, index) => normaliseAction(action, `actions[${index}]`, referenceKinds));
  const issues = normalised.flatMap((action) => (action.ok ? [] : action.issues));
  if (issues.length > 0) return { ok: false, issues };
  return {
    ok: true,
    body: { spec: plan.name, context, actions: normalised.flatMap(actionOf) },
    document: parsed.value,
  };
}

type ParsedObject = ParseResult<JsonObject>;

/** A copy of a body that is small enough to be looked at. */
function storableBody(body: unknown): ParsedObject {
  const copy = copyReadable(body);
  if (!isJsonObject(copy)) return refused("", "a JSON object", describeValue(body));
  const size = byteLength(JSON.stringify(copy));
  if (size > PLAN_BODY_BYTES) {
    return refused("", `at most ${PLAN_BODY_BYTES} bytes (pass data as a reference)`, `${size} bytes`);
  }
  if (depthOf(copy) > PLAN_BODY_DEPTH) return refused("", `at most ${PLAN_BODY_DEPTH} levels of nesting`, "more");
  const { actions } = copy;
  if (Array.isArray(actions) && actions.length > PLAN_ACTIONS)
    return refused("actions", `at most ${PLAN_ACTIONS} items`, describeValue(actions));
  return { ok: true, value: copy };
}

/** Undefined for what is no JSON, also for what is nested too deeply to be read. */
function copyReadable(body: unknown): Json | undefined {
  try {
    return copyJson(body);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function depthOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((deepest, item: Json) => Math.max(deepest, depthOf(item)), 0);
}

function parseDocument(plan: PlanSpec, given: JsonObject): ParsedObject {
  const parsed = plan.schema.parse(given);
  if (!parsed.ok) return parsed;
  const document = copyJson(parsed.value);
  return isJsonObject(document)
    ? { ok: true, value: document }
    : refused("", "a JSON object", describeValue(parsed.value));
}

function actionOf(normalised: NormalisedAction): PlanBody["actions"] {
  return normalised.ok ? [normalised.action] : [];
}

function refused(
  path: string,
  expected: string,
  received: string,
): { readonly ok: false; readonly issues: readonly InputIssue[] } {
  return { ok: false, issues: [inputIssue(path, expected, received)] };
}
