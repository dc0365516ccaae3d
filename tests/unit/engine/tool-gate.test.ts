import { expect, test } from "vitest";
import { aimedGate } from "../../../src/engine/aimed-gate.ts";
import { agentSlice } from "../../../src/engine/agent-slice.ts";
import { isApproved, judgeAnswer } from "../../../src/engine/judge-answer.ts";
import { routeCall } from "../../../src/engine/route-call.ts";
import { callHash, type GatedCall, toolGate, toolGateId } from "../../../src/engine/tool-gate.ts";
import type { ApprovalRule, ApprovalSetting } from "../../../src/protocol/approval.ts";
import { type Answer, Gate } from "../../../src/protocol/gate.ts";
import type { AgentManifest, Manifest, ToolManifest } from "../../../src/protocol/manifest.ts";
import type { DecisionRecord } from "../../../src/protocol/plan.ts";
import type { GateRule, RequestedCall } from "../../../src/protocol/turn.ts";
import { type SeededRandom, seededRandom } from "../../helpers/seeded-random.ts";

const call: GatedCall = {
  tenant: "acme",
  workspace: "main",
  turn: "run_1",
  callId: "c1",
  agent: "boss",
  tool: "pay",
  args: { amount: 5, to: { kind: "Account", id: "ref_1" } },
};

test("a gate is the same on every attempt, and another for anything that is approved or its place", () => {
  const gate = toolGate(call, {
    rule: { kind: "always", expiresInMs: 1000 },
    at: "2026-03-01T12:00:00.000Z",
    requestedBy: null,
  });

  expect(Gate.parse(gate)).toEqual(gate);
  expect(gate).toMatchObject({ id: toolGateId(call), requestedBy: "boss", deadline: "2026-03-01T12:00:01.000Z" });
  expect(toolGateId({ ...call, args: { to: { id: "ref_1", kind: "Account" }, amount: 5 } })).toBe(gate.id);
  const others = [
    { ...call, tenant: "other" },
    { ...call, workspace: "other" },
    { ...call, turn: "run_2" },
    { ...call, callId: "c2" },
    { ...call, agent: "teller" },
    { ...call, tool: "refund" },
    { ...call, args: { amount: 6, to: { kind: "Account", id: "ref_1" } } },
    { ...call, args: { amount: 5, to: { kind: "Account", id: "ref_2" } } },
  ];
  expect(new Set([call, ...others].map(toolGateId)).size).toBe(others.length + 1);
  expect(new Set([call, ...others.slice(4)].map(callHash)).size).toBe(others.length - 3);
});

/** Every kind of call that a turn can make, as a model step hands it to the workflow. */
const KINDS = {
  "own tool": { id: "c1", name: "own" },
  "toolkit tool": { id: "c1", name: "search_catalog" },
  "routed agent": { id: "c1", name: "call_agent", agent: "teller" },
  "plan tool": { id: "c1", name: "storePlan", builtIn: true },
  plan: { id: "c1", name: "executePlan", builtIn: true, plan: "p1" },
} as const satisfies Record<string, RequestedCall>;
type Kind = keyof typeof KINDS;

const ROUNDS = 4000;
const RULES: readonly [ApprovalRule, ...ApprovalRule[]] = [
  { kind: "never" },
  { kind: "always" },
  { kind: "always", min: 2 },
  { kind: "always", approvers: ["ann", "bo"], min: 2, notRequester: true },
  { kind: "always", expiresInMs: 5_000, onExpire: "reject" },
  { kind: "always", expiresInMs: 5_000 },
  { kind: "dynamic", value: "big" },
];
const PEOPLE = ["ann", "Ann ", "bo", "cy", "boss", undefined] as const;

/**
 * A model of a turn that only knows the rules of the road: a call runs when nobody has to be asked, or when the gate it met was approved.
 * Attempts, cuts and late, double, foreign and forged answers happen at random; a second, plain count of the approvals says whether it
 * should have run.
 */
test(`a gated call never runs without its decision, in ${ROUNDS} random turns of every kind and path`, () => {
  const ran = new Map<string, number>();
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const outcome = randomTurn(seededRandom(seed));
    expect(outcome.ran, `seed ${seed}: ${JSON.stringify(outcome)}`).toBe(outcome.should);
    if (outcome.ran)
      ran.set(`${outcome.kind}, ${outcome.rule}`, (ran.get(`${outcome.kind}, ${outcome.rule}`) ?? 0) + 1);
  }
  // The random turns reach what they are about: gated calls that ran, of every kind that has gates.
  for (const kind of ["own tool", "toolkit tool", "routed agent"])
    for (const rule of ["never", "always", "dynamic"])
      expect(ran.get(`${kind}, ${rule}`), `${kind}, ${rule}`).toBeGreaterThan(20);
});

interface Outcome {
  readonly kind: Kind;
  readonly rule: ApprovalRule["kind"];
  readonly ran: boolean;
  readonly should: boolean;
}

function randomTurn(random: SeededRandom): Outcome {
  const kind = random.pick(["own tool", "toolkit tool", "routed agent", "plan tool", "plan"] as const);
  const { manifest, agent, rule } = randomApp(random, KINDS[kind].name);
  const depth = random.below(3); // coordinator, child, child's child
  const routed = routeCall(agentSlice(manifest, agent, 5000), KINDS[kind], depth);
  const told = { kind, rule: rule.kind };
  // What a plan does waits at the plan's own gate, and a plan tool changes nothing.
  if (kind === "plan tool" || kind === "plan") return { ...told, ran: routed.kind === "gate", should: false };
  if (routed.kind !== "gate") return { ...told, ran: true, should: rule.kind === "never" };
  expect(routed).toMatchObject({ callId: "c1", rule, call: { callId: "c1" } });
  if (routed.rule.kind === "dynamic" && random.below(2) === 0) return { ...told, ran: true, should: true }; // the predicate said no
  return { ...told, ...randomAnswers(random, { ...call, agent: agent.name, tool: KINDS[kind].name }, routed.rule) };
}

/** The rule of the tool stands in one of the layers, with others around it; the narrowest that speaks wins. */
function randomApp(
  random: SeededRandom,
  name: string,
): { readonly manifest: Manifest; readonly agent: AgentManifest; readonly rule: ApprovalRule } {
  const settings = [{ kind: "default" }, ...RULES] as const satisfies readonly [ApprovalSetting, ...ApprovalSetting[]];
  const floor = random.pick(RULES);
  const layers = { agent: random.pick(settings), tool: random.pick([null, ...RULES]), own: random.pick(settings) };
  const spoken = [layers.own, layers.tool, layers.agent].flatMap((rule) =>
    rule === null || rule.kind === "default" ? [] : [rule],
  );
  const rule = spoken[0] ?? floor;
  const tool: ToolManifest = {
    name,
    description: "",
    input: {},
    approval: layers.tool,
    effects: random.pick(["none", "idempotent", "once"]),
    timeoutMs: 1000,
  };
  // Only what the slice is made of.
  const agent = {
    name: "boss",
    role: "coordinator",
    routes: ["teller"],
    tools: [tool],
    approval: layers.agent,
    toolApprovals: { [name]: layers.own },
    maxTurns: 5,
  } as unknown as AgentManifest;
  const manifest = { approvals: { plans: { kind: "always" }, tools: floor } } as unknown as Manifest;
  return { manifest, agent, rule };
}

function randomAnswers(
  random: SeededRandom,
  gated: GatedCall,
  rule: GateRule,
): { readonly ran: boolean; readonly should: boolean } {
  const start = Date.parse("2026-03-01T12:00:00.000Z");
  const gate = toolGate(gated, { rule, at: new Date(start).toISOString(), requestedBy: null });
  const foreign = toolGate(
    { ...gated, callId: "c2" },
    { rule: { kind: "always" }, at: gate.openedAt, requestedBy: null },
  );
  const records: DecisionRecord[] = [];
  const yes = new Set<string>();
  const ids = new Set<string>();
  let isOpen = true;
  let isRefused = false;
  for (let index = 0; index < 6; index++) {
    const at = new Date(start + index * 1_500).toISOString();
    const answer = randomAnswer(random, index, [gate, foreign]);
    const waiting = isOpen ? [gate] : [];
    const named = answer.gate === gate.id ? gate : null;
    const aim = aimedGate({ waiting, named }, answer.gate);
    if (aim.kind === "refused") continue;
    const judgement = judgeAnswer({
      gate: isOpen ? gate : null,
      contentHash: gate.contentHash,
      status: isOpen ? "open" : "closed",
      answer,
      earlier: records,
      at,
      authn: "none",
      mode: "open",
    });
    records.push({
      decisionId: answer.decisionId ?? "",
      gate: gate.id,
      contentHash: gate.contentHash,
      decision: answer.decision,
      by: answer.by ?? "anonymous",
      at,
      authn: "none",
      channel: "test",
      note: null,
      revision: 1,
      refused: judgement.kind === "refused" ? judgement.code : null,
    });
    if (judgement.kind === "counted" && judgement.closes) isOpen = false;
    // The plain count, without a word of the judge's: who may, in time, on this content, before anything closed it.
    if (!isOpenFor(rule, { yes, ids, isRefused, at, gate, answer })) continue;
    if (answer.decision === "approve") yes.add((answer.by ?? "anonymous").trim().toLowerCase());
    else if (answer.decision !== "edit") isRefused = true;
  }
  const should = !isRefused && yes.size >= (rule.kind === "always" ? (rule.min ?? 1) : 1);
  return { ran: isApproved(gate, records, "open"), should };
}

function randomAnswer(random: SeededRandom, index: number, [gate, foreign]: readonly [Gate, Gate]): Answer {
  const by = random.pick(PEOPLE);
  const contentHash = random.pick([undefined, undefined, gate.contentHash, "f".repeat(64)]);
  const named = random.pick([undefined, gate.id, gate.id, foreign.id]);
  return {
    decision: random.pick(["approve", "approve", "approve", "approve", "reject", "revise", "edit"]),
    decisionId: `d${random.pick([index, index, index, 0])}`,
    note: "n",
    ...(by === undefined ? {} : { by }),
    ...(contentHash === undefined ? {} : { contentHash }),
    ...(named === undefined ? {} : { gate: named }),
  };
}

interface Plain {
  readonly yes: ReadonlySet<string>;
  /** Decisions that were judged before. */
  readonly ids: Set<string>;
  readonly isRefused: boolean;
  readonly at: string;
  readonly gate: Gate;
  readonly answer: Answer;
}

function isOpenFor(rule: GateRule, { yes, ids, isRefused, at, gate, answer }: Plain): boolean {
  const isMeant = answer.gate === undefined || answer.gate === gate.id;
  const isFirst = !ids.has(answer.decisionId ?? "");
  const needed = rule.kind === "always" ? (rule.min ?? 1) : 1;
  if (!isMeant) return false;
  if (answer.gate === undefined && (isRefused || yes.size >= needed)) return false;
  ids.add(answer.decisionId ?? "");
  if (!isFirst || isRefused || yes.size >= needed) return false;
  if (gate.deadline !== null && Date.parse(at) >= Date.parse(gate.deadline)) return false;
  if (answer.contentHash !== undefined && answer.contentHash !== gate.contentHash) return false;
  if (rule.kind !== "always") return !yes.has(person(answer));
  const asksWho = rule.approvers !== undefined || rule.notRequester === true || needed > 1;
  if (asksWho && answer.by === undefined) return false;
  if (rule.approvers !== undefined && !rule.approvers.includes(answer.by ?? "")) return false;
  if (rule.notRequester === true && answer.by === gate.requestedBy) return false;
  return !yes.has(person(answer));
}

function person({ by = "anonymous" }: Answer): string {
  return by.trim().toLowerCase();
}
