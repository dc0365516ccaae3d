import { expect, test } from "vitest";
import { type GateQuestion, judgeAnswer } from "../../../src/engine/judge-answer.ts";
import type { AlwaysApproval } from "../../../src/protocol/approval.ts";
import type { Answer, Gate } from "../../../src/protocol/gate.ts";
import type { DecisionRecord } from "../../../src/protocol/plan.ts";
import { decision, gateOn, HASH_A, HASH_B, MIDNIGHT, NOON, question } from "../../helpers/gate-question.ts";
import { seededRandom, type SeededRandom } from "../../helpers/seeded-random.ts";

const always = { kind: "always" } as const;
const two = { kind: "always", min: 2 } as const;
const tool = { kind: "tool", turn: "r", callId: "c", tool: "drop" } as const;

const approve = (more: Partial<Answer> = {}): Answer => ({ decision: "approve", ...more });
const closes = (outcome: string): object => ({ kind: "counted", closes: true, outcome });
const waits = { kind: "counted", closes: false, outcome: "none" };
const refused = (code: string): unknown => expect.objectContaining({ kind: "refused", code });

const cases: readonly (readonly [title: string, asked: Partial<GateQuestion>, expected: unknown])[] = [
  ["a bare approval in open mode", {}, closes("approve")],
  ["a bare approval of what a predicate stopped", { gate: gateOn({ kind: "dynamic", value: "p" }) }, closes("approve")],
  ["a bare rejection", { answer: { decision: "reject" } }, closes("reject")],
  ["a revision note", { answer: { decision: "revise", note: "cheaper" } }, closes("revise")],
  ["sending back without a note", { answer: { decision: "revise" } }, refused("note_missing")],
  ["sending back with an empty note", { answer: { decision: "revise", note: " \n" } }, refused("note_missing")],
  [
    "sending a tool call back without a note",
    { gate: gateOn(always, { subject: tool }), status: "open", answer: { decision: "revise" } },
    refused("note_missing"),
  ],
  ["an edit", { answer: { decision: "edit", edits: {} } }, closes("edit")],
  ["an edit without a body", { answer: { decision: "edit" } }, refused("invalid_edit")],
  ["an approval of a tool call", { gate: gateOn(always, { subject: tool }), status: "open" }, closes("approve")],
  [
    "a note to a tool call, which rejects it",
    { gate: gateOn(always, { subject: tool }), status: "open", answer: { decision: "revise", note: "no" } },
    closes("reject"),
  ],
  [
    "an edit of a tool call",
    { gate: gateOn(always, { subject: tool }), status: "open", answer: { decision: "edit", edits: {} } },
    refused("invalid_edit"),
  ],

  ["the first of two", { gate: gateOn(two), answer: approve({ by: "ann" }) }, waits],
  [
    "the second of two",
    { gate: gateOn(two), answer: approve({ by: "eve" }), earlier: [decision()] },
    closes("approve"),
  ],
  [
    "the first one again",
    { gate: gateOn(two), answer: approve({ by: "ann" }), earlier: [decision()] },
    refused("already_decided"),
  ],
  [
    "the first one in disguise",
    { gate: gateOn(two), answer: approve({ by: " ANN" }), earlier: [decision()] },
    refused("already_decided"),
  ],
  [
    "a change of mind",
    { gate: gateOn(two), answer: { decision: "reject", by: "ann" }, earlier: [decision()] },
    refused("already_decided"),
  ],
  [
    "one rejection of two",
    { gate: gateOn(two), answer: { decision: "reject", by: "eve" }, earlier: [decision()] },
    closes("reject"),
  ],
  [
    "one revision of two",
    { gate: gateOn(two), answer: { decision: "revise", by: "eve", note: "cheaper" } },
    closes("revise"),
  ],
  [
    "an edit where two must approve, which asks again",
    { gate: gateOn(two), answer: { decision: "edit", by: "eve", edits: {} }, earlier: [decision()] },
    { kind: "counted", closes: false, outcome: "edit" },
  ],
  ["nobody, where two must approve", { gate: gateOn(two) }, refused("forbidden")],
  [
    "an approval after one of other content",
    { gate: gateOn(two), answer: approve({ by: "eve" }), earlier: [decision({ contentHash: HASH_B })] },
    waits,
  ],
  [
    "an approval after one at another gate",
    { gate: gateOn(two), answer: approve({ by: "eve" }), earlier: [decision({ gate: "gate_0" })] },
    waits,
  ],
  [
    "an approval after a refused one",
    { gate: gateOn(two), answer: approve({ by: "eve" }), earlier: [decision({ refused: "forbidden" })] },
    waits,
  ],
  [
    "the last of three, where one is on record twice",
    {
      gate: gateOn({ ...always, min: 3 }),
      answer: approve({ by: "eve" }),
      earlier: [decision(), decision({ decisionId: "d2", by: "ANN" })],
    },
    waits,
  ],
  [
    "the second of two, where the first on record is no approver",
    {
      gate: gateOn({ ...two, approvers: ["ann", "eve"] }),
      answer: approve({ by: "eve" }),
      earlier: [decision({ by: "bob" })],
    },
    waits,
  ],
  [
    "an approval by someone who approved the revision before",
    { answer: approve({ by: "ann" }), earlier: [decision({ contentHash: HASH_B })] },
    closes("approve"),
  ],

  [
    "an approver",
    { gate: gateOn({ ...always, approvers: ["ann"] }), answer: approve({ by: "ann" }) },
    closes("approve"),
  ],
  [
    "a stranger",
    { gate: gateOn({ ...always, approvers: ["ann"] }), answer: approve({ by: "bob" }) },
    refused("forbidden"),
  ],
  [
    "a stranger's rejection",
    { gate: gateOn({ ...always, approvers: ["ann"] }), answer: { decision: "reject", by: "bob" } },
    refused("forbidden"),
  ],
  ["nobody, where approvers are named", { gate: gateOn({ ...always, approvers: ["ann"] }) }, refused("forbidden")],
  [
    "the requester",
    { gate: gateOn({ ...always, notRequester: true }, { requestedBy: "ann" }), answer: approve({ by: "ann" }) },
    refused("forbidden"),
  ],
  [
    "another than the requester",
    { gate: gateOn({ ...always, notRequester: true }, { requestedBy: "ann" }), answer: approve({ by: "eve" }) },
    closes("approve"),
  ],
  [
    "the requester, where that is no matter",
    { gate: gateOn(always, { requestedBy: "ann" }), answer: approve({ by: "ann" }) },
    closes("approve"),
  ],

  ["the right gate and content", { answer: approve({ gate: "gate_1", contentHash: HASH_A }) }, closes("approve")],
  ["another gate", { answer: approve({ gate: "gate_0" }) }, refused("gate_mismatch")],
  ["other content", { answer: approve({ contentHash: HASH_B }) }, refused("plan_hash_mismatch")],
  ["an older revision", { answer: approve({ gate: "gate_0", contentHash: HASH_B }) }, refused("plan_hash_mismatch")],
  ["content that changed under its gate", { contentHash: HASH_B }, refused("plan_hash_mismatch")],
  [
    "content that changed under its gate, named",
    { contentHash: HASH_B, answer: approve({ contentHash: HASH_B }) },
    refused("plan_hash_mismatch"),
  ],

  [
    "an answer just in time",
    { gate: gateOn(always, { deadline: MIDNIGHT }), at: "2026-03-01T23:59:59.999Z" },
    closes("approve"),
  ],
  ["an answer at the deadline", { gate: gateOn(always, { deadline: MIDNIGHT }), at: MIDNIGHT }, refused("expired")],
  [
    "an answer after the deadline",
    { gate: gateOn(always, { deadline: MIDNIGHT }), at: "2026-03-05T00:00:00Z" },
    refused("expired"),
  ],
  [
    "a rejection after the deadline",
    { gate: gateOn(always, { deadline: MIDNIGHT }), at: MIDNIGHT, answer: { decision: "reject" } },
    refused("expired"),
  ],
  ["an answer at no time", { gate: gateOn(always, { deadline: MIDNIGHT }), at: "soon" }, refused("expired")],
  [
    "the deadline",
    { gate: gateOn(always, { deadline: MIDNIGHT }), at: MIDNIGHT, answer: { decision: "expire" }, authn: "timer" },
    closes("expire"),
  ],
  [
    "the deadline of a gate that rejects",
    {
      gate: gateOn({ ...always, onExpire: "reject" }, { deadline: MIDNIGHT }),
      at: MIDNIGHT,
      answer: { decision: "expire" },
      authn: "timer",
    },
    closes("reject"),
  ],
  [
    "the deadline in signed mode, although content changed",
    {
      gate: gateOn(always, { deadline: MIDNIGHT }),
      at: MIDNIGHT,
      answer: { decision: "expire" },
      authn: "timer",
      mode: "signed",
      contentHash: HASH_B,
    },
    closes("expire"),
  ],
  [
    "the deadline too early",
    { gate: gateOn(always, { deadline: MIDNIGHT }), answer: { decision: "expire" } },
    refused("forbidden"),
  ],
  ["the deadline of a gate without one", { answer: { decision: "expire" } }, refused("forbidden")],
  ["the deadline of nothing", { gate: null, answer: { decision: "expire" } }, refused("closed")],

  ["nothing that waits", { gate: null }, refused("closed")],
  ["an answer to a closed tool gate", { status: "closed" }, refused("closed")],
  ["an approved plan without a decision", { gate: null, status: "approved" }, refused("closed")],
  ["an approved plan", { gate: null, status: "approved", earlier: [decision()] }, refused("already_decided")],
  ["an executed plan", { gate: null, status: "executed", earlier: [decision()] }, refused("already_decided")],
  [
    "a rejected plan",
    { gate: null, status: "rejected", earlier: [decision({ decision: "reject" })] },
    refused("already_decided"),
  ],
  ["an expired plan", { gate: null, status: "expired" }, refused("expired")],
  [
    "a plan rejected by its deadline",
    { gate: null, status: "rejected", earlier: [decision({ decision: "expire", authn: "timer" })] },
    refused("expired"),
  ],
  [
    "a draft that was sent back",
    { gate: null, earlier: [decision({ decision: "revise" })] },
    refused("already_decided"),
  ],
  [
    "a new draft after one that was sent back",
    { gate: null, contentHash: HASH_B, earlier: [decision({ decision: "revise" })] },
    refused("closed"),
  ],
  [
    "a gate that is still there after its approval",
    { earlier: [decision()], answer: { decision: "reject", by: "eve" } },
    refused("already_decided"),
  ],
  [
    "a gate that is still there after its rejection",
    { earlier: [decision({ decision: "reject" })], answer: approve({ by: "eve" }) },
    refused("already_decided"),
  ],

  [
    "the same decision twice",
    { gate: null, status: "approved", answer: approve({ decisionId: "d1" }), earlier: [decision()] },
    refused("already_decided"),
  ],
  [
    "a decision used at another gate",
    { answer: approve({ decisionId: "d1" }), earlier: [decision({ gate: "gate_0" })] },
    refused("already_decided"),
  ],
  [
    "a decision that was refused before",
    { answer: approve({ decisionId: "d1" }), earlier: [decision({ refused: "expired" })] },
    refused("already_decided"),
  ],
  [
    "a decision whose id a forger used before",
    { answer: approve({ decisionId: "d1" }), earlier: [decision({ refused: "bad_signature" })] },
    closes("approve"),
  ],
];

test.each(cases)("%s", (_title, asked, expected) => {
  expect(judgeAnswer(question(asked))).toEqual(expected);
});

const signed = (answer: Answer, more: Partial<GateQuestion> = {}): GateQuestion =>
  question({ mode: "signed", authn: "signature", answer, ...more });
const whole: Answer = { decision: "approve", gate: "gate_1", contentHash: HASH_A, by: "eve" };

test("a signed answer that says everything counts", () => {
  expect(judgeAnswer(signed(whole))).toEqual(closes("approve"));
});

test.each([
  ["gate", "gate_mismatch"],
  ["contentHash", "plan_hash_mismatch"],
  ["by", "forbidden"],
] as const)("a signed answer without %s is refused", (field, code) => {
  const { [field]: _left, ...rest } = whole;

  expect(judgeAnswer(signed(rest))).toEqual(refused(code));
});

test.each(["approve", "reject", "revise", "edit"] as const)(
  "an unsigned %s is refused in signed mode, whatever it says",
  (kind) => {
    const answer = { ...whole, decision: kind, edits: {} };

    expect(judgeAnswer(signed(answer, { authn: "none" }))).toEqual(refused("unsigned"));
    expect(judgeAnswer(signed(answer, { authn: "timer" }))).toEqual(refused("unsigned"));
  },
);

test("a gate that opened in signed mode stays so, also before a worker that asks for less", () => {
  const gate = gateOn({ kind: "always" }, { mode: "signed" });

  expect(judgeAnswer(question({ gate }))).toEqual(refused("unsigned"));
  expect(judgeAnswer(question({ gate: { ...gate, mode: "open" } }))).toMatchObject({ kind: "counted" });
  expect(judgeAnswer(signed({ decision: "approve" }, { gate: { ...gate, mode: "open" }, authn: "none" }))).toEqual(
    refused("unsigned"),
  );
});

test("an unsigned approval from an open time does not count towards a signed quorum", () => {
  const asked = signed(whole, { gate: gateOn(two), earlier: [decision()] });

  expect(judgeAnswer(asked)).toEqual(waits);
});

test("an unsigned approval from an open time does not keep its person from signing", () => {
  const earlier = [decision(), decision({ decisionId: "d2", by: "bob", authn: "signature" })];
  const asked = signed({ ...whole, by: "ann" }, { gate: gateOn(two), earlier });

  expect(judgeAnswer(asked)).toEqual(closes("approve"));
});

test("a second answer hears who decided, what and when", () => {
  const earlier = [decision({ decision: "reject", by: "ann" })];

  const judged = judgeAnswer(question({ gate: null, status: "rejected", earlier }));

  expect(judged).toEqual({
    kind: "refused",
    code: "already_decided",
    message: "Already rejected by ann at 2026-03-01T10:00:00.000Z.",
  });
});

test("a repeated decision hears who sent it first and when", () => {
  const judged = judgeAnswer(question({ answer: approve({ decisionId: "d1" }), earlier: [decision()] }));

  expect(judged).toMatchObject({ message: expect.stringMatching(/d1 by ann of 2026-03-01T10:00:00.000Z/) });
});

test("of an approval and a rejection at once the first wins", () => {
  const decide = (first: "approve" | "reject", second: "approve" | "reject"): unknown[] => {
    const earlier: DecisionRecord[] = [];
    return [first, second].map((kind) => {
      const judged = judgeAnswer(question({ answer: { decision: kind, by: kind }, earlier }));
      if (judged.kind === "counted") earlier.push(decision({ decision: kind, by: kind, decisionId: kind }));
      return judged;
    });
  };

  expect(decide("approve", "reject")).toEqual([closes("approve"), refused("already_decided")]);
  expect(decide("reject", "approve")).toEqual([closes("reject"), refused("already_decided")]);
});

test("judging changes nothing it was given", () => {
  const freeze = <Value extends object>(value: Value): Value => Object.freeze(value);
  const gate: Gate = freeze(gateOn(freeze({ ...two })));
  const asked = freeze(
    question({ gate, answer: freeze(approve({ by: "eve" })), earlier: freeze([freeze(decision())]), at: NOON }),
  );

  expect(judgeAnswer(asked)).toEqual(judgeAnswer(asked));
});

/** The names that answers come under, and who is behind them. */
const PEOPLE: Readonly<Record<string, string>> = {
  ann: "ann",
  "Ann ": "ann",
  "a\u200Bnn": "ann",
  bob: "bob",
  eve: "eve",
};
const NAMES = ["ann", "Ann ", "a\u200Bnn", "bob", "eve", "anonymous", undefined] as const;
const DEADLINE_MS = 10;

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "no sequence of answers approves without its rule: seed %i",
  (seed) => {
    const random = seededRandom(seed);
    const found = Array.from({ length: 250 }, () => playSequence(random)).flat();

    expect(found.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(found.filter(({ outcome }) => outcome === "approve").length).toBeGreaterThan(5);
  },
);

/** Sends answers to one gate that is never taken away, and tells of every one that counted. */
function playSequence(random: SeededRandom): { readonly outcome: string; readonly problem: string | null }[] {
  const rule = randomRule(random);
  const mode = random.pick(["open", "open", "signed"]);
  const gate = gateOn(rule, { requestedBy: random.pick(["ann", "planner"]), deadline: at(DEADLINE_MS) });
  const earlier: DecisionRecord[] = [];
  const sent: GateQuestion[] = [];
  const found: { outcome: string; problem: string | null }[] = [];
  let isClosed = false;
  for (let step = 0; step < 12; step++) {
    const asked = randomQuestion(random, { gate, mode, at: at(step), earlier: [...earlier] });
    const judged = judgeAnswer(asked);
    sent.push(asked);
    earlier.push(recorded(asked, judged.kind === "refused" ? judged.code : null));
    if (judged.kind === "refused") continue;
    found.push({
      outcome: judged.outcome,
      problem: isClosed ? `counted after the end: ${JSON.stringify(sent)}` : null,
    });
    isClosed ||= judged.closes || judged.outcome === "edit";
    const isApproval = judged.closes && (judged.outcome === "approve" || judged.outcome === "edit");
    const voters = judged.outcome === "edit" ? [asked] : sent;
    if (isApproval && !isSatisfied(rule, gate, voters))
      found.push({ outcome: judged.outcome, problem: JSON.stringify(sent) });
  }
  return found;
}

function randomRule(random: SeededRandom): AlwaysApproval {
  return {
    kind: "always",
    ...random.pick([{}, { min: 1 }, { min: 2 }, { min: 3 }]),
    ...random.pick([{}, { approvers: ["ann", "bob"] }, { approvers: ["ann", "bob", "eve"] }]),
    ...random.pick([{}, { notRequester: true }]),
  };
}

function randomQuestion(
  random: SeededRandom,
  known: Pick<GateQuestion, "gate" | "mode" | "at" | "earlier">,
): GateQuestion {
  const by = random.pick(NAMES);
  const gate = random.pick([undefined, "gate_1", "gate_1", "gate_1", "gate_0"]);
  const contentHash = random.pick([undefined, HASH_A, HASH_A, HASH_A, HASH_B]);
  const decisionId = random.pick([undefined, `d${random.below(6)}`]);
  const kind = random.pick([
    "approve",
    "approve",
    "approve",
    "approve",
    "approve",
    "approve",
    "edit",
    "reject",
    "revise",
  ]);
  const answer: Answer = {
    decision: kind,
    edits: {},
    note: "n",
    ...(by === undefined ? {} : { by }),
    ...(gate === undefined ? {} : { gate }),
    ...(contentHash === undefined ? {} : { contentHash }),
    ...(decisionId === undefined ? {} : { decisionId }),
  };
  const isExpiry = random.below(30) === 0;
  const authn = random.pick(["signature", "signature", "none"]);
  return question({ ...known, answer: isExpiry ? { decision: "expire" } : answer, authn: isExpiry ? "timer" : authn });
}

function recorded({ answer, at: when, authn }: GateQuestion, code: string | null): DecisionRecord {
  const { by = "anonymous", decisionId = `own-${when}` } = answer.decision === "expire" ? {} : answer;
  return decision({ decisionId, decision: answer.decision, by, at: when, authn, refused: code });
}

/** The rule in other words than the code's: enough different people, each allowed, each on this gate and content, in time. */
function isSatisfied(rule: AlwaysApproval, gate: Gate, voters: readonly GateQuestion[]): boolean {
  const { approvers, min = 1, notRequester = false } = rule;
  const people = voters.flatMap(({ answer, at: when, authn, mode }) => {
    if (answer.decision !== "approve" && answer.decision !== "edit") return [];
    if (when >= at(DEADLINE_MS)) return [];
    if (mode === "signed" && authn !== "signature") return [];
    if (!(answer.gate === "gate_1" || (mode === "open" && answer.gate === undefined))) return [];
    if (!(answer.contentHash === HASH_A || (mode === "open" && answer.contentHash === undefined))) return [];
    if (approvers !== undefined && !approvers.includes(answer.by ?? "")) return [];
    const person = PEOPLE[answer.by ?? ""];
    if (person === undefined) return min === 1 && approvers === undefined && !notRequester ? ["somebody"] : [];
    return notRequester && person === gate.requestedBy ? [] : [person];
  });
  return new Set(people).size >= min;
}

/** So many hours after the gate opened. */
function at(hours: number): string {
  return new Date(Date.parse("2026-03-01T00:00:00.000Z") + hours * 3_600_000).toISOString();
}
