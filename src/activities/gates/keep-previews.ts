import { pendingAction } from "../../engine/pending-action.ts";
import { copyJson } from "../../lib/copy-json.ts";
import { byteLength, preview as cut } from "../../lib/cap-text.ts";
import { PREVIEW_BYTES, PREVIEWED_ACTIONS, PREVIEWS_MS } from "../../protocol/limits/gate.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import type { ActionPreview, ActionRecord } from "../../protocol/plan.ts";
import { actionHash, actionKey } from "../../specs/plans/plan-hash.ts";
import type { PlanRecord, PlanRevision } from "../../state/plan-port.ts";
import type { PlanPlace } from "../plans/find-plan.ts";
import { openDispatch } from "../dispatch/open-dispatch.ts";
import { thrownInfo } from "../dispatch/thrown-info.ts";

/**
 * Asks the dispatcher what the actions of a revision would do, for the people who decide, and keeps it with the revision. Nothing
 * here can keep a gate from opening: what goes wrong is kept as a problem, and what takes too long is left out.
 */
export async function keepPreviews(place: PlanPlace, plan: PlanRecord): Promise<void> {
  const { binding, store, planId } = place;
  const { dispatcher } = binding;
  if (dispatcher?.preview === undefined || (dispatcher.plan !== null && dispatcher.plan !== plan.spec)) return;
  const current = await store.plans.current(planId);
  if (current === null || current.planHash !== plan.planHash || (current.previews ?? null) !== null) return;
  if (current.body.undoes !== undefined) return; // they would say what applying does
  const until = AbortSignal.timeout(PREVIEWS_MS);
  const previews: ActionPreview[] = [];
  for (const line of linesOf(place, current)) {
    const shown = await previewOf({ place, plan, line, signal: until });
    if (shown !== null) previews.push(shown);
  }
  await store.plans.keepPreviews(planId, current.revision, previews);
}

interface PreviewCall {
  readonly place: PlanPlace;
  readonly plan: PlanRecord;
  readonly line: ActionRecord;
  readonly signal: AbortSignal;
}

/** Null for an action whose kind has no preview. */
async function previewOf(call: PreviewCall): Promise<ActionPreview | null> {
  const { index } = call.line;
  if (call.signal.aborted) return { index, ...TOO_LATE };
  const isAsked = new AbortController();
  const late = new Promise<ActionPreview>((resolve) => {
    call.signal.addEventListener("abort", () => resolve({ index, ...TOO_LATE }), { signal: isAsked.signal });
  });
  const asked = ask(call).catch((error: unknown): ActionPreview => {
    return { index, shows: null, problem: cut(thrownInfo(error).message, PREVIEW_CHARS) };
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    isAsked.abort(); // or every action would leave a listener behind
  }
}

const TOO_LATE = { shows: null, problem: "it took too long" } as const;

async function ask({ place, plan, line, signal }: PreviewCall): Promise<ActionPreview | null> {
  const { index, idempotencyKey } = line;
  const { dispatcher, actions, context } = await openDispatch(place, {
    plan,
    lines: [line],
    runId: null,
    idempotencyKey,
  });
  const [action] = actions;
  const shown = action === undefined ? undefined : await dispatcher.preview?.(action, { ...context, signal });
  if (shown === undefined) return null;
  const shows = copyJson(shown);
  if (shows === undefined) return { index, shows: null, problem: "it is no JSON" };
  const bytes = byteLength(JSON.stringify(shows));
  return bytes <= PREVIEW_BYTES
    ? { index, shows, problem: null }
    : { index, shows: null, problem: `it has ${bytes} bytes, and ${PREVIEW_BYTES} are shown` };
}

/** The actions as their ledger will have them. */
function linesOf({ binding, planId }: PlanPlace, { body, planHash }: PlanRevision): readonly ActionRecord[] {
  const { tenant, workspace } = binding;
  return body.actions.slice(0, PREVIEWED_ACTIONS).map((action, index) =>
    pendingAction({
      index,
      kind: action.kind,
      idempotencyKey: actionKey({ tenant, workspace, planId, planHash, index, actionHash: actionHash(action) }),
    }),
  );
}
