import { join } from "node:path";
import { expect, inject, test, vi } from "vitest";
import { bindRuntime } from "../../../src/runtime/bind-runtime.ts";
import { lazily } from "../../../src/runtime/lazy-session.ts";
import { openSession } from "../../../src/runtime/session.ts";
import { ActionRefusedError } from "../../../src/specs/dispatchers/action-refused-error.ts";
import { defineDispatcher } from "../../../src/specs/dispatchers/dispatcher.ts";
import { RetryableToolError } from "../../../src/specs/tools/retryable-tool-error.ts";
import { bridle, cliProject, parseJson, startBridle } from "../../helpers/cli.ts";
import { openRuntime, testApp } from "../../helpers/open-runtime.ts";
import {
  planSpec,
  priceBody,
  pricePlan,
  productSet,
  recordingDispatcher,
  store,
  watchPlan,
} from "../../helpers/plan-app.ts";
import { untilGated } from "../../helpers/until-gated.ts";

const spec = planSpec();
const body = { rationale: "season \u001b[2J", actions: [{ kind: "price", product: "a", price: 6.49 }] };

function project(): ReturnType<typeof cliProject> {
  return cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
}

test("plans are listed, shown and approved without an app, and a second answer is refused with its stable code", async () => {
  const place = project();
  const home = join(place.folder, ".bridle");
  await using open = await openRuntime(spec, {
    actionDispatcher: recordingDispatcher().dispatcher,
    session: { home },
  });
  const { planHash } = await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body, requestedBy: "Ann" });
  await untilGated(open.runtime, "p1");
  const answer = ["--plan-hash", planHash, "--decision-id", "d1", "--by", "Bo", "--json"];

  const waiting = await bridle(place, ["approvals", "list", "--json"]);
  const doctor = await bridle(place, ["doctor", "--json"]);
  const text = await bridle(place, ["plans", "show", "p1"]);
  const approved = await bridle(place, ["approvals", "approve", "p1", ...answer]);
  const again = await bridle(place, ["approvals", "approve", "p1", ...answer]);
  const unknown = await bridle(place, ["approvals", "reject", "p2"]);
  const shown = await bridle(place, ["plans", "show", "p1", "--json"]);
  const audit = await bridle(place, ["plans", "show", "p1", "--audit", "--json"]);
  const list = await bridle(place, ["plans", "list", "--status", "approved", "--json"]);
  const decided = await bridle(place, ["approvals", "show", "p1"]);
  const gate = await bridle(place, ["approvals", "show", "p1", "--json"]);
  const required = await bridle(place, ["plans", "show", "p1", "--audit"]);

  expect(parseJson(waiting.stdout)).toMatchObject({ items: [{ id: "p1", kind: "plan", requestedBy: "Ann" }] });
  expect(parseJson(doctor.stdout)).toMatchObject({ pendingApprovals: 1 });
  expect(text.stdout).toMatch(/^asked by +Ann$/m);
  expect(text.stdout).toContain("rationale: season \\x1b[2J\n\naction 0: price  [pending]\n   product: a\n");
  expect(approved.code).toBe(0);
  expect(parseJson(approved.stdout)).toMatchObject({
    schemaVersion: 1,
    result: { kind: "counted", status: "approved" },
  });
  expect(again.code).toBe(1);
  expect(parseJson(again.stdout)).toMatchObject({ result: { kind: "refused", code: "already_decided" } });
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error\[unknown_plan\]/) });
  expect(parseJson(shown.stdout)).toMatchObject({
    status: "approved",
    planHash,
    revision: 1,
    actions: [{ index: 0, kind: "price", state: "pending", attempts: 0 }],
    decisions: [{ decisionId: "d1", decision: "approve", by: "Bo", authn: "none", channel: "cli" }],
  });
  expect(decided.stdout).toMatch(/\ndecided +approve by Bo, 20\S+\n$/);
  const card = { title: "PricePlan p1", actions: [{ title: "action 0: price" }] };
  expect(parseJson(shown.stdout)).toMatchObject({ card });
  expect(parseJson(gate.stdout)).toMatchObject({
    status: "closed",
    card,
    outcome: { decision: "approve", by: ["Bo"] },
  });
  expect(required.stdout).toMatch(
    /\nrequired\n20\S+ +revision 1 +1 person +unsigned too +asked by Ann +no deadline +approve by Bo/,
  );
  expect(parseJson(audit.stdout)).toMatchObject({
    gates: [{ revision: 1, rule: { kind: "always" }, outcome: { by: ["Bo"] } }],
    decisions: [{ refused: null }, { refused: "already_decided" }],
    revisions: [{ revision: 1 }],
  });
  expect(parseJson(list.stdout)).toMatchObject({ items: [{ planId: "p1" }] });
}, 60_000);

test("a plan that was approved before anybody asked for its execution says so, and what asks for it", async () => {
  const place = project();
  await using open = await openRuntime(spec, {
    actionDispatcher: recordingDispatcher().dispatcher,
    session: { home: join(place.folder, ".bridle") },
  });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body, requestedBy: "Ann" });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p2", body, requestedBy: "Ann" });
  await untilGated(open.runtime, "p1");
  await untilGated(open.runtime, "p2");

  const approved = await bridle(place, ["approvals", "approve", "p1", "--by", "Bo"]);
  const asJson = await bridle(place, ["approvals", "approve", "p2", "--by", "Bo", "--json"]);
  const shown = await bridle(place, ["plans", "show", "p1"]);
  const waited = await bridle(place, ["plans", "show", "p1", "--wait", "300ms"]);
  const list = await bridle(place, ["plans", "list"]);

  expect(approved).toMatchObject({ code: 0, stdout: expect.stringMatching(/^p1 is approved/) });
  expect(approved.stderr).toMatch(/Nobody has asked for its execution yet\. .*bridle run --agent EXECUTOR/);
  expect(parseJson(asJson.stdout)).toMatchObject({ result: { status: "approved", isExecutionAsked: false } });
  expect(shown.stdout).toMatch(/^next +It is applied once that is asked for: .*`executePlan`/m);
  expect(waited).toMatchObject({ code: 1, stderr: expect.stringContaining("runtime.plans.execute") });
  expect(list.stdout).toMatch(/^p1 .* for execution$/m);
}, 60_000);

test("an answer to a plan whose workflow is gone says how to close it, and asking for it again opens its gate", async () => {
  const place = project();
  await using open = await openRuntime(spec, {
    actionDispatcher: recordingDispatcher().dispatcher,
    session: { home: join(place.folder, ".bridle") },
  });
  for (const planId of ["p1", "p2"]) {
    await open.runtime.plans.store({ plan: "PricePlan", planId, body, requestedBy: "Ann" });
    await untilGated(open.runtime, planId);
    const { workflowId } = await open.runtime.plans.get(planId);
    await open.session.client.workflow.getHandle(workflowId).terminate("lost");
  }

  const refused = await bridle(place, ["approvals", "approve", "p1", "--by", "Bo"]);
  const cancelled = await bridle(place, [
    "plans",
    "cancel",
    "p1",
    "--by",
    "Bo",
    "--task-queue",
    open.session.taskQueue,
  ]);
  const asked = open.runtime.plans.execute("p2");
  await vi.waitUntil(async () => (await bridle(place, ["approvals", "approve", "p2", "--by", "Bo"])).code === 0, {
    timeout: 20_000,
    interval: 200,
  });
  const executed = await asked;

  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error\[closed\] .*workflow of this plan is gone/),
  });
  expect(refused.stderr).toContain("`bridle plans cancel p1 --by NAME` closes it");
  expect(refused.stderr).toContain("`bridle plans show p1 --audit`");
  expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining("p1") });
  expect(executed.status).toBe("executed");
}, 60_000);

test("plans show --wait waits for the end of a plan, and says what is still open when that takes too long", async () => {
  const place = project();
  const { dispatcher } = recordingDispatcher();
  await using open = await openRuntime(spec, {
    actionDispatcher: dispatcher,
    session: { home: join(place.folder, ".bridle") },
  });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body, requestedBy: "Ann" });
  const executed = open.runtime.plans.execute("p1");
  const early = await bridle(place, ["plans", "show", "p1", "--wait", "300ms", "--json"]);
  const late = bridle(place, ["plans", "show", "p1", "--wait", "20s", "--audit", "--json"]);
  const approved = await bridle(place, ["approvals", "approve", "p1", "--by", "Bo"]);
  const ended = await late;
  const wrong = await bridle(place, ["plans", "show", "p1", "--wait", "soon"]);
  await executed;

  expect(early.code).toBe(1);
  expect(parseJson(early.stdout)).toMatchObject({ planId: "p1", status: "draft" });
  expect(parseJson(early.stderr)).toMatchObject({
    error: { code: "PLAN_UNFINISHED", hint: expect.stringContaining("bridle approvals show p1") },
  });
  expect(approved.code).toBe(0);
  expect(ended.code).toBe(0);
  expect(parseJson(ended.stdout)).toMatchObject({ status: "executed", actions: [{ state: "done" }] });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("a duration such as 500ms, 5s or 2m") });
}, 60_000);

test("the plans of one run are listed by its id", async () => {
  const place = project();
  await using open = await openRuntime(spec, { session: { home: join(place.folder, ".bridle") } });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body, requestedBy: "Ann" });
  await open.runtime.runSpecialist("planner", JSON.stringify([store("p2", "a")]), { runId: "r1" }).result();

  const list = await bridle(place, ["plans", "list", "--run-id", "r1", "--json"]);
  const none = await bridle(place, ["plans", "list", "--run-id", "r2", "--json"]);

  expect(parseJson(list.stdout)).toMatchObject({ items: [{ planId: "p2" }] });
  expect(parseJson(none.stdout)).toMatchObject({ items: [] });
}, 60_000);

test("a person reads the whole rule of a plan, and after an answer who is still to come", async () => {
  const place = project();
  const plans = { kind: "always", approvers: ["ann", "bob"], min: 2, notRequester: true } as const;
  await using open = await openRuntime(planSpec({ plans }), { session: { home: join(place.folder, ".bridle") } });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body, requestedBy: "Cy" });
  await untilGated(open.runtime, "p1");

  const stranger = await bridle(place, ["approvals", "approve", "p1", "--by", "eve"]);
  const first = await bridle(place, ["approvals", "approve", "p1", "--by", "ann"]);
  const shown = await bridle(place, ["approvals", "show", "p1"]);
  const list = await bridle(place, ["plans", "list"]);
  const back = await bridle(place, ["approvals", "revise", "p1", "--by", "bob", "--note", "half"]);

  expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining("error[forbidden]") });
  expect(first.stdout).toMatch(/^p1 is draft; 1 of 2 \(ann\); still to come: bob \(decision /);
  expect(shown.stdout).toContain(
    "asked by   Cy, who may not answer\napprovers  ann, bob\nneeded     2 different people\n",
  );
  expect(shown.stdout).toContain("approved   1 of 2 (ann); still to come: bob\nuntil      no deadline\n");
  expect(shown.stdout).toContain("refused    1 answer was refused (bridle plans show p1 --audit)");
  expect(list.stdout).toMatch(
    /^PLAN +STATUS +REVISION +STORED +KIND +WAITS\np1 +draft +1 +\S+ +PricePlan +for approval\n$/,
  );
  expect(back.stdout).toMatch(/^p1 was sent back \(decision /);
}, 60_000);

test("an answer that no worker can judge is recorded, and the next worker counts it", async () => {
  const place = project();
  const home = join(place.folder, ".bridle");
  const app = testApp(spec, { actionDispatcher: recordingDispatcher().dispatcher });
  const options = {
    env: {},
    home,
    hosted: [app],
    startServer: false,
    temporal: { address: inject("temporalAddress"), taskQueue: app.workspace },
    workflowBundlePath: inject("workflowBundlePath"),
  };
  const first = bindRuntime(
    app,
    lazily(() => openSession(options)),
  );
  await first.plans.store({ plan: "PricePlan", planId: "p1", body });
  await untilGated(first, "p1");
  await first.close();

  const { code, stdout } = await bridle(place, ["approvals", "approve", "p1", "--decision-id", "d1", "--json"]);
  const second = bindRuntime(
    app,
    lazily(() => openSession(options)),
  );
  const plan = await second.plans.execute("p1");
  const decisions = await second.plans.decisions("p1");
  await second.close();

  expect(code).toBe(0);
  expect(parseJson(stdout)).toMatchObject({ result: { kind: "recorded", decisionId: "d1" } });
  expect(plan.status).toBe("executed");
  expect(decisions.filter(({ refused }) => refused === null)).toMatchObject([
    { decisionId: "d1", decision: "approve" },
  ]);
}, 60_000);

test("a person settles an action in doubt, once, and the audit says who and why", async () => {
  const place = project();
  const home = join(place.folder, ".bridle");
  const { dispatcher } = recordingDispatcher({ timeoutMs: 50 }, () => new Promise(() => undefined));
  await using open = await openRuntime(planSpec({ plans: "never" }), {
    actionDispatcher: dispatcher,
    session: { home },
  });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body });
  await open.runtime.plans.execute("p1");
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p2", body });
  await open.runtime.plans.execute("p2");
  const settle = (...more: readonly string[]): ReturnType<typeof bridle> =>
    bridle(place, ["plans", "settle", "p1", ...more, "--json"]);

  const shown = await bridle(place, ["plans", "show", "p1"]);
  const text = await bridle(place, ["plans", "settle", "p2", "0", "--as", "failed", "--by", "Bo"]);
  const wrong = await settle("0", "--as", "maybe");
  const nowhere = await settle("7", "--as", "done");
  const settled = await settle("0", "--as", "done", "--by", "Bo", "--note", "the shop has it");
  const again = await settle("0", "--as", "failed", "--by", "Cy");
  const audit = await bridle(place, ["plans", "show", "p1", "--audit"]);

  expect(wrong.code).toBe(2);
  expect(nowhere.stderr).toContain("no action 7");
  expect(nowhere.stderr).toContain("In doubt: action 0 (price).");
  expect(settled.code).toBe(0);
  expect(parseJson(settled.stdout)).toMatchObject({
    action: { index: 0, state: "done", settlement: { as: "done", by: "Bo", note: "the shop has it", channel: "cli" } },
  });
  expect(again.code).not.toBe(0);
  expect(again.stderr).toContain("ACTION_NOT_IN_DOUBT");
  expect(again.stderr).toContain("Action 0 (price) cannot be settled.");
  expect(again.stderr).toContain("No other action is in doubt.");
  expect(shown.stdout).toContain("Whether action 0 was applied is not known");
  expect(shown.stdout).toContain("bridle plans settle p1 0 --as done|failed --by NAME --note TEXT");
  expect(shown.stdout).toContain("action 0: price  [unknown]");
  expect(text.stdout).toMatch(
    /^action 0 of p2: price \{"price":6\.49,"product":"a"\}\nbefore {2}unknown {2}.+\nafter {3}failed {3}says Bo\n$/,
  );
  expect(audit.stdout).toContain("unknown → done  Bo  cli  the shop has it");
  expect(await open.runtime.plans.get("p1")).toMatchObject({ status: "failed" });
}, 60_000);

test("a person reads of an action that is called again how often it was called and what the last call came to", async () => {
  const place = project();
  const { effects, dispatcher } = recordingDispatcher({ guarantee: "keyed" }, () => {
    throw new RetryableToolError("the till is closed", { retryAfterMs: effects.length === 1 ? 1 : 600_000 });
  });
  await using open = await openRuntime(planSpec({ plans: "never" }), {
    actionDispatcher: dispatcher,
    session: { home: join(place.folder, ".bridle") },
  });
  await open.runtime.plans.store({ plan: pricePlan, planId: "p1", body: priceBody("a") });
  await open.runtime.plans.execute("p1", { waitMs: 1 });
  const noted = async (): Promise<boolean> => (await open.runtime.plans.actions("p1"))[0]?.error !== null;
  await vi.waitUntil(async () => effects.length === 2 && (await noted()), { timeout: 30_000 });

  const shown = await bridle(place, ["plans", "show", "p1"]);

  expect(shown.stdout).toContain("action 0: price  [intent]");
  expect(shown.stdout).toContain(
    "warning Action 0 was called 2 times and has no end yet; the last call came to ACTION_OUTCOME_UNKNOWN: the till is closed",
  );
}, 60_000);

test("a person has what a failed plan applied taken back, once, and the plan says by what", async () => {
  const place = project();
  const dispatcher = defineDispatcher(pricePlan, {
    price: {
      run: ({ product }) => {
        if (product === "broken") throw new ActionRefusedError("no such product");
        return { entitiesAffected: 1 };
      },
      compensate: () => ({ entitiesAffected: 1 }),
    },
    hold: () => null,
  });
  await using open = await openRuntime(planSpec({ plans: "never" }), {
    actionDispatcher: dispatcher,
    session: { home: join(place.folder, ".bridle") },
  });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a", "b", "broken") });
  await open.runtime.plans.execute("p1");
  const compensate = (...more: readonly string[]): ReturnType<typeof bridle> =>
    bridle(place, ["plans", "compensate", "p1", "--task-queue", open.session.taskQueue, ...more]);

  const wrong = await compensate("--actions", "a");
  const part = await compensate("--by", "Bo", "--actions", "1", "--note", "the shop closed", "--json");
  const rest = await compensate("--by", "Bo");
  const again = await compensate("--by", "Bo");
  const shown = await bridle(place, ["plans", "show", "p1"]);
  const document = await bridle(place, ["plans", "show", "p1", "--json"]);
  const audit = await bridle(place, ["plans", "show", "p1.undo", "--audit"]);

  expect(wrong.code).toBe(2);
  expect(parseJson(part.stdout)).toMatchObject({
    undo: { planId: "p1.undo", status: "executed", entitiesAffected: 1 },
    answer: { kind: "counted", status: "approved" },
  });
  expect(part.code).toBe(0);
  expect(rest.stdout).toContain("p1.undo-2 takes back p1: executed");
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("NOTHING_TO_UNDO");
  expect(shown.stdout).toContain("taken back by p1.undo  [executed]\ntaken back by p1.undo-2  [executed]");
  expect(parseJson(document.stdout)).toMatchObject({ undos: [{ planId: "p1.undo" }, { planId: "p1.undo-2" }] });
  expect(audit.stdout).toMatch(/approve {2}Bo {2}.*cli\/none {2}counted {2}the shop closed/);
}, 60_000);

test("a person stops an approved plan from the command line, and the audit says who, through what and why", async () => {
  const place = project();
  await using open = await openRuntime(spec, {
    actionDispatcher: recordingDispatcher().dispatcher,
    session: { home: join(place.folder, ".bridle") },
  });
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body });
  await open.runtime.respondToApproval("p1", { decision: "approve", by: "Ann" });
  const cancel = (...more: readonly string[]): ReturnType<typeof bridle> =>
    bridle(place, ["plans", "cancel", "p1", "--task-queue", open.session.taskQueue, ...more]);

  const rejected = await bridle(place, ["approvals", "reject", "p1", "--by", "Bo"]);
  const cancelled = await cancel("--by", "Bo", "--note", "the shop closed");
  const again = await cancel("--by", "Cy", "--json");
  const audit = await bridle(place, ["plans", "show", "p1", "--audit"]);

  expect(rejected.stderr).toContain("bridle plans cancel p1");
  expect(cancelled).toMatchObject({ code: 0, stdout: "p1 is rejected: cancelled after 0 of 1 actions\n" });
  expect(parseJson(again.stdout)).toMatchObject({
    planId: "p1",
    status: "rejected",
    kind: "ended",
    cancelledBy: { by: "Bo" },
  });
  expect(audit.stdout).toMatch(/cancel +Bo +revision 1 .* cli\/none +counted +the shop closed/);
}, 60_000);

test("who decides on a plan reads from its text how to see a reference whole, and sees it", async () => {
  const place = project();
  await using open = await openRuntime(spec, { session: { home: join(place.folder, ".bridle") } });
  const ids = Array.from({ length: 27 }, (_, index) => `product-${index}`);
  const { id } = await open.runtime.createReference(productSet, ids);
  const actions = [{ kind: "hold", products: { kind: "ProductSet", id } }];
  await open.runtime.plans.store({ plan: "PricePlan", planId: "p1", body: { rationale: "r", actions } });

  const plan = await bridle(place, ["plans", "show", "p1"]);
  const text = await bridle(place, ["references", "show", "ProductSet", id]);
  const json = await bridle(place, ["references", "show", "ProductSet", id, "--json"]);
  const unknown = await bridle(place, ["references", "show", "ProductSets", id]);

  expect(plan.stdout).toContain(`all of it: bridle references show ProductSet ${id}`);
  for (const product of ids) expect(text.stdout).toContain(`"${product}"`);
  expect(text.stdout).toMatch(/held by +p1\n/);
  expect(parseJson(json.stdout)).toMatchObject({
    schemaVersion: 1,
    kind: "ProductSet",
    id,
    heldBy: ["p1"],
    value: ids,
  });
  expect(unknown).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/REFERENCE_MISSING.* no reference of the kind/),
  });
  expect(unknown.stderr).toContain('expected one of ProductSet.\nfix: Did you mean "ProductSet"?');
}, 60_000);

test("Ctrl-C stops waiting for a plan that was asked to stop, and the plan stops all the same", async () => {
  const place = project();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const { effects, dispatcher } = recordingDispatcher({ guarantee: "keyed" }, () => promise);
  await using open = await openRuntime(planSpec({ plans: "never" }), {
    actionDispatcher: dispatcher,
    session: { home: join(place.folder, ".bridle") },
  });
  const { plans } = open.runtime;
  await plans.store({ plan: "PricePlan", planId: "p1", body: priceBody("a", "b") });
  await plans.execute("p1", { waitMs: 1 });
  await vi.waitUntil(() => effects.length === 1, { timeout: 20_000 });
  const { handle } = watchPlan(open, "p1");

  const cancelling = startBridle(place, [
    "plans",
    "cancel",
    "p1",
    "--by",
    "Bo",
    "--task-queue",
    open.session.taskQueue,
  ]);
  await vi.waitUntil(
    async () => {
      const { events } = await handle.fetchHistory();
      return events?.some((event) => event.workflowExecutionSignaledEventAttributes?.signalName === "cancel");
    },
    { timeout: 30_000 },
  );
  cancelling.child.kill("SIGINT");
  const { code } = await cancelling.result;
  resolve(undefined);
  await handle.result();

  expect(code).toBe(130);
  expect(await plans.get("p1")).toMatchObject({ status: "failed", error: { code: "CANCELLED" } });
  expect(effects).toHaveLength(1);
}, 60_000);
