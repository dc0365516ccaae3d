import { stableJson } from "../../lib/stable-json.ts";
import type { Json, JsonObject } from "../../protocol/json.ts";
import {
  type ActionRecord,
  type ActionState,
  type PlanAction,
  type PlanStatus,
  ReferenceHandle,
} from "../../protocol/plan.ts";
import type { DisplayAliases } from "../../specs/plans/plan.ts";
import type { PlanRecord, PlanRevision, ReferenceRecord } from "../../state/plan-port.ts";

/** A plan as people see it, whatever shows it: all that they approve, nothing cut, every text still untrusted. */
export interface PlanCard {
  readonly title: string;
  readonly status: PlanStatus;
  /** The status in the plan's own words. */
  readonly display: string;
  readonly planHash: string;
  /** The plan's fields besides its actions. */
  readonly fields: readonly CardField[];
  readonly actions: readonly CardAction[];
  readonly warnings: readonly string[];
}

/** One action on a card. */
export interface CardAction {
  readonly title: string;
  readonly fields: readonly CardField[];
  readonly references: readonly CardReference[];
  readonly state: ActionState;
  /** What the dispatcher says it would do, as JSON text; null when it says nothing. */
  readonly preview: string | null;
}

/** One field on a card; a value that is no text is shown as JSON. */
export interface CardField {
  readonly label: string;
  readonly value: string;
}

/** A reference on a card; its glimpse is null when it is gone. */
export interface CardReference extends ReferenceHandle {
  readonly glimpse: Json;
}

/** What a card is made of. */
export interface CardParts {
  readonly plan: PlanRecord;
  readonly current: PlanRevision;
  readonly ledger: readonly ActionRecord[];
  readonly references: readonly ReferenceRecord[];
  readonly aliases: DisplayAliases;
}

/** Makes the card of a plan. */
export function planCard({ plan, current, ledger, references, aliases }: CardParts): PlanCard {
  const { spec, planId, status, planHash } = plan;
  const states = new Map(ledger.map((line) => [line.index, line.state]));
  return {
    title: `${spec} ${planId}`,
    status,
    display: displayOf(status, aliases),
    planHash,
    fields: cardFields(current.body.context, []),
    actions: current.body.actions.map((action, index) => ({
      title: `action ${index}: ${current.body.undoes === undefined ? "" : "take back "}${action.kind}`,
      fields: cardFields(action.payload, action.references),
      references: action.references.map(({ kind, id }) => ({
        kind,
        id,
        glimpse: findRecord(references, { kind, id })?.glimpse ?? null,
      })),
      state: states.get(index) ?? "pending",
      preview: previewText(current, index),
    })),
    warnings: warningsOf({ plan, current, ledger, references }),
  };
}

function previewText({ previews }: PlanRevision, index: number): string | null {
  const preview = previews?.find((one) => one.index === index);
  return preview === undefined || preview.problem !== null ? null : stableJson(preview.shows);
}

function displayOf(status: PlanStatus, aliases: DisplayAliases): string {
  return status === "rejected" || status === "expired" ? status : (aliases[status] ?? status);
}

/** A field that is a reference is shown among the references. */
function cardFields(object: JsonObject, references: PlanAction["references"]): readonly CardField[] {
  return Object.entries(object)
    .filter(([, value]) => !isOneOf(references, value))
    .map(([label, value]) => ({ label, value: typeof value === "string" ? value : stableJson(value) }));
}

function isOneOf(references: PlanAction["references"], value: Json): boolean {
  const handle = ReferenceHandle.safeParse(value);
  return handle.success && references.some(({ kind, id }) => kind === handle.data.kind && id === handle.data.id);
}

function findRecord(references: readonly ReferenceRecord[], handle: ReferenceHandle): ReferenceRecord | undefined {
  return references.find(({ kind, id }) => kind === handle.kind && id === handle.id);
}

function warningsOf({ plan, current, ledger, references }: Omit<CardParts, "aliases">): readonly string[] {
  const handles = current.body.actions.flatMap((action) => action.references);
  const missing = handles.filter((handle) => findRecord(references, handle) === undefined);
  const unknown = ledger.filter(({ state }) => state === "unknown");
  const repeated = ledger.filter(
    ({ state, attempts, error }) => state === "intent" && (attempts > 1 || error !== null),
  );
  return [
    ...(current.editedBy === null ? [] : [`Revision ${current.revision} was edited by ${current.editedBy}.`]),
    ...(plan.alsoAskedBy.length === 0 ? [] : [`Earlier revisions were asked for by ${plan.alsoAskedBy.join(", ")}.`]),
    ...(plan.planHash === current.planHash ? [] : ["A newer revision was stored while this was read; read it again."]),
    ...(current.body.actions.length === 0 ? ["The plan has no actions."] : []),
    ...new Set(missing.map(({ kind, id }) => `The reference ${kind} ${id} does not exist any more.`)),
    ...(current.previews ?? []).flatMap(({ index, problem }) =>
      problem === null ? [] : [`What action ${index} would do could not be shown: ${problem}.`],
    ),
    ...repeated.map(repetition),
    ...unknown.map(
      ({ index }) =>
        `Whether action ${index} was applied is not known; look at the target, then say so: bridle plans settle ${plan.planId} ${index} --as done|failed --by NAME --note TEXT`,
    ),
  ];
}

/** An action that was called and has no end yet. */
function repetition({ index, attempts, error }: ActionRecord): string {
  const called = `Action ${index} was called ${attempts === 1 ? "once" : `${attempts} times`} and has no end yet`;
  return error === null ? `${called}.` : `${called}; the last call came to ${error.code}: ${error.message}`;
}
