import { describe, expect, test } from "vitest";
import { RunId, ToolCallId, TurnId } from "../../src/protocol/ids.ts";
import type { NewCall, ScopedStore } from "../../src/state/port.ts";
import {
  ACME,
  ROOT_CALL,
  conversation,
  finishDraft,
  newRun,
  rootClose,
  stepAttempt,
  textDraft,
  texts,
} from "../helpers/state-records.ts";
import { type StateStoreAdapter, openStore, stateStores } from "./state-store.ts";

const CHILD = TurnId.parse("run_1/analyst/1");
const call: NewCall = { callId: ROOT_CALL, step: 1, index: 0, name: "query", args: { sql: "select 1" } };
const childStep = stepAttempt(1, { turn: CHILD, step: "model:1" });
const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 2, cacheWriteTokens: 1 };

async function claimedRun(adapter: StateStoreAdapter): Promise<ScopedStore> {
  const scoped = (await openStore(adapter.newUrl())).in(ACME);
  await scoped.runs.claim(newRun(), "execution_1");
  return scoped;
}

describe.each(stateStores)("the step journal in $name", (adapter) => {
  test("a step begins fresh, is superseded by later attempts, and refuses earlier ones", async () => {
    const { steps } = await claimedRun(adapter);

    expect(await steps.begin(stepAttempt(1))).toEqual({ kind: "fresh", superseded: null, isRepeat: false });
    expect(await steps.begin(stepAttempt(1))).toEqual({ kind: "fresh", superseded: null, isRepeat: true });
    expect(await steps.begin(stepAttempt(3))).toEqual({ kind: "fresh", superseded: 1, isRepeat: true });
    expect(await steps.begin(stepAttempt(4))).toEqual({ kind: "fresh", superseded: 3, isRepeat: true });
    await expect(steps.begin(stepAttempt(2))).rejects.toMatchObject({ code: "STEP_SUPERSEDED", retryable: false });
    expect(await steps.begin(stepAttempt(1, { step: "model:2" }))).toEqual({
      kind: "fresh",
      superseded: null,
      isRepeat: false,
    });
  });

  test("a committed step is done for every attempt, with the first result", async () => {
    const { steps } = await claimedRun(adapter);
    await steps.begin(stepAttempt(1));

    expect(await steps.commit(stepAttempt(1), { result: { stop: "end", n: [1, null] } })).toEqual({
      kind: "committed",
    });

    const done = { kind: "done", result: { stop: "end", n: [1, null] } };
    expect(await steps.begin(stepAttempt(1))).toEqual(done);
    expect(await steps.begin(stepAttempt(2))).toEqual(done);
    expect(await steps.commit(stepAttempt(1), { result: "other" })).toEqual(done);
    expect(await steps.commit(stepAttempt(2), { result: "other" })).toEqual(done);
  });

  test("a superseded attempt can write nothing: no commit, no event, no message", async () => {
    const { steps, log, transcripts } = await claimedRun(adapter);
    const nodes = conversation(1);
    await steps.begin(stepAttempt(1));
    await log.append(newRun().runId, [textDraft("a")], stepAttempt(1));
    await steps.begin(stepAttempt(2));

    const late = { result: null, nodes, calls: [call], events: [textDraft("b")] };
    await expect(steps.commit(stepAttempt(1), late)).rejects.toMatchObject({ code: "STEP_SUPERSEDED" });
    const append = log.append(newRun().runId, [textDraft("c")], stepAttempt(1));
    await expect(append).rejects.toMatchObject({ code: "STEP_SUPERSEDED" });

    expect(texts(await log.read(newRun().runId, 0))).toEqual(["a"]);
    expect(await steps.calls(stepAttempt(1).turn, 1)).toEqual([]);
    await expect(transcripts.load(nodes[0]?.hash ?? expect.fail())).rejects.toMatchObject({ code: "BLOB_MISSING" });
    await log.append(newRun().runId, [textDraft("d")], stepAttempt(2));
    expect(texts(await log.read(newRun().runId, 0))).toEqual(["a", "d"]);
  });

  test("of ten attempts that commit at once, in two processes, one wins and all agree", async () => {
    const url = adapter.newUrl();
    const [one, two] = [await openStore(url), await openStore(url)];
    await one.in(ACME).runs.claim(newRun(), "execution_1");
    await one.in(ACME).steps.begin(stepAttempt(1));

    const ends = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? one : two)
          .in(ACME)
          .steps.commit(stepAttempt(1), { result: index, events: [textDraft(`e${index}`)], usage }),
      ),
    );

    const winner = ends.findIndex((end) => end.kind === "committed");
    expect(ends.filter((end) => end.kind === "committed")).toHaveLength(1);
    expect(ends.filter((end) => end.kind === "done").map((end) => end.kind === "done" && end.result)).toEqual(
      Array.from({ length: 9 }, () => winner),
    );
    const scoped = one.in(ACME);
    expect(texts(await scoped.log.read(newRun().runId, 0))).toEqual([`e${winner}`]);
    expect(await scoped.runs.get(newRun().runId)).toMatchObject({ usage, lastSeq: 1 });
  });

  test("a commit brings messages, calls, results, events and usage together", async () => {
    const { steps, log, transcripts, runs } = await claimedRun(adapter);
    const nodes = conversation(2);
    const second: NewCall = { ...call, callId: ToolCallId.parse("call_2"), index: 1 };
    const settled = { callId: second.callId, content: "no such tool \0", isError: true };
    await steps.begin(stepAttempt(1));

    await steps.commit(stepAttempt(1), {
      result: "ok",
      nodes,
      calls: [second, call],
      settle: [settled],
      events: [textDraft("a"), textDraft("b")],
      usage,
    });
    await steps.commit(stepAttempt(1, { step: "model:2" }), { result: "ok", usage });

    expect(await transcripts.load(nodes[1]?.hash ?? expect.fail())).toEqual(nodes);
    expect(await steps.calls(stepAttempt(1).turn, 1)).toEqual([
      { ...call, result: null },
      { ...second, result: settled },
    ]);
    expect(await log.read(newRun().runId, 0)).toMatchObject([
      { seq: 1, cursor: "run_1#1", turn: "run_1", agent: "boss", text: "a", at: expect.stringMatching(/Z$/) },
      { seq: 2, cursor: "run_1#2", text: "b" },
    ]);
    expect(await runs.get(newRun().runId)).toMatchObject({
      lastSeq: 2,
      usage: { inputTokens: 20, outputTokens: 10, cacheReadTokens: 4, cacheWriteTokens: 2 },
    });
  });

  test("the first result of a call stays, and a result needs its call", async () => {
    const { steps, blobs } = await claimedRun(adapter);
    const turn = stepAttempt(1).turn;
    const blob = await blobs.put(new Uint8Array([1]));
    await steps.commit(stepAttempt(1), { result: null, calls: [call] });
    await steps.commit(stepAttempt(1, { step: "model:1b" }), { result: null, calls: [{ ...call, name: "other" }] });

    const first = { callId: ROOT_CALL, content: "1", isError: false, blob };
    await steps.commit(stepAttempt(1, { step: "call:1" }), { result: null, settle: [first] });
    await steps.commit(stepAttempt(1, { step: "call:1b" }), { result: null, settle: [{ ...first, content: "2" }] });

    expect(await steps.call(turn, ROOT_CALL)).toEqual({ ...call, result: first });
    expect(await steps.call(turn, ToolCallId.parse("call_9"))).toBeNull();
    const stray = { callId: ToolCallId.parse("call_9"), content: "", isError: false };
    const lost = steps.commit(stepAttempt(1, { step: "call:9" }), { result: null, settle: [stray] });
    await expect(lost).rejects.toMatchObject({ code: "INTERNAL", message: expect.stringContaining("call_9") });
  });

  test("what an attempt tells before its end is kept once, results with their events, and only while it may speak", async () => {
    const { steps, log } = await claimedRun(adapter);
    const turn = stepAttempt(1).turn;
    await steps.commit(stepAttempt(1), { result: null, calls: [call] });
    const next = (attempt: number): ReturnType<typeof stepAttempt> => stepAttempt(attempt, { step: "model:2" });
    const first = { callId: ROOT_CALL, content: "1", isError: false };
    await steps.begin(next(1));
    await steps.tell(next(1), { settle: [first], events: [textDraft("result"), textDraft("start 1")] });
    await steps.begin(next(2));

    await steps.tell(next(2), {
      settle: [{ ...first, content: "2" }],
      events: [textDraft("result"), textDraft("start 2")],
    });
    const late = steps.tell(next(1), { settle: [], events: [textDraft("late")] });

    await expect(late).rejects.toMatchObject({ code: "STEP_SUPERSEDED" });
    expect(texts(await log.read(newRun().runId, 0))).toEqual(["result", "start 1", "start 2"]);
    expect(await steps.call(turn, ROOT_CALL)).toEqual({ ...call, result: first });
    await steps.commit(stepAttempt(1, { step: "end" }), { result: null, close: rootClose() });
    const over = steps.tell(next(2), { settle: [], events: [textDraft("over")] });
    await expect(over).rejects.toMatchObject({ code: "STEP_SUPERSEDED" });
  });

  test("a commit that fails leaves nothing behind", async () => {
    const scoped = (await openStore(adapter.newUrl())).in(ACME);
    const nodes = conversation(1);

    const orphan = scoped.steps.commit(stepAttempt(1), {
      result: "lost",
      nodes,
      calls: [call],
      events: [textDraft("a")],
    });
    await expect(orphan).rejects.toMatchObject({ code: "RUN_UNKNOWN" });

    expect(await scoped.steps.begin(stepAttempt(1))).toMatchObject({ kind: "fresh", superseded: null });
    expect(await scoped.steps.calls(stepAttempt(1).turn, 1)).toEqual([]);
    await expect(scoped.transcripts.load(nodes[0]?.hash ?? expect.fail())).rejects.toMatchObject({
      code: "BLOB_MISSING",
    });
  });

  test("a completed root turn ends the run and moves the thread", async () => {
    const { steps, runs, threads, transcripts } = await claimedRun(adapter);
    const nodes = conversation(1);
    const head = nodes[0]?.hash ?? expect.fail();
    await transcripts.append(nodes);

    await steps.commit(stepAttempt(1), { result: null, events: [finishDraft()], close: rootClose({ head }) });

    expect(await runs.get(newRun().runId)).toMatchObject({
      status: "completed",
      finish: "stop",
      text: "12 orders",
      error: null,
      lastSeq: 1,
      endedAt: expect.any(String),
    });
    expect(await runs.turn(stepAttempt(1).turn)).toMatchObject({ status: "completed", head, text: "12 orders" });
    expect(await threads.get(newRun().threadId)).toMatchObject({ heads: { boss: head }, lastRunId: "run_1" });
  });

  test("a completed child moves its agent in the run at once and in the thread when the root completes", async () => {
    const { steps, runs, threads } = await claimedRun(adapter);
    const [own, child] = conversation(2).map((node) => node.hash);
    if (own === undefined || child === undefined) expect.fail();
    const openTurn = { parent: { turn: stepAttempt(1).turn, callId: ROOT_CALL }, agent: "analyst" };
    await steps.commit(childStep, { result: null, openTurn });
    await steps.commit({ ...childStep, step: "model:2" }, { result: null, openTurn });

    await steps.commit(
      { ...childStep, step: "end" },
      { result: null, close: rootClose({ isRoot: false, agent: "analyst", head: child }) },
    );

    expect(await steps.runHead(newRun().runId, "analyst")).toBe(child);
    expect(await steps.runHead(newRun().runId, "boss")).toBeNull();
    expect(await runs.get(newRun().runId)).toMatchObject({ status: "running" });
    expect(await runs.turns(newRun().runId)).toMatchObject([
      { turn: "run_1", status: "running" },
      { turn: CHILD, agent: "analyst", status: "completed", head: child, parent: openTurn.parent },
    ]);
    expect(await threads.get(newRun().threadId)).toMatchObject({ heads: {} });
    await steps.commit(stepAttempt(1, { step: "end" }), { result: null, close: rootClose({ head: own }) });
    expect(await threads.get(newRun().threadId)).toMatchObject({ heads: { boss: own, analyst: child } });
  });

  test.each(["failed", "cancelled"] as const)("a %s root turn leaves the thread as it was", async (status) => {
    const { steps, runs, threads } = await claimedRun(adapter);
    const [before, after] = conversation(2).map((node) => node.hash);
    if (before === undefined || after === undefined) expect.fail();
    await steps.commit(stepAttempt(1), { result: null, close: rootClose({ head: before }) });
    await runs.claim(newRun("run_2"), "execution_2");
    const second = { runId: RunId.parse("run_2"), turn: TurnId.parse("run_2") };
    const child = stepAttempt(1, { runId: second.runId, turn: TurnId.parse("run_2/analyst/1") });
    await steps.commit(child, { result: null, close: rootClose({ isRoot: false, agent: "analyst", head: after }) });

    const error = { code: "MODEL_AUTH", message: "no key", hint: "set it" } as const;
    await steps.commit(stepAttempt(1, second), {
      result: null,
      close: rootClose({ status, finish: "error", error, head: after }),
    });

    expect(await runs.get(second.runId)).toMatchObject({ status, finish: "error", error });
    expect(await threads.get(newRun().threadId)).toMatchObject({ heads: { boss: before }, lastRunId: "run_1" });
  });

  test("a failed child leaves its agent where it was, and the first end of a run stays", async () => {
    const { steps, runs } = await claimedRun(adapter);
    const head = conversation(1)[0]?.hash ?? expect.fail();
    const close = rootClose({ isRoot: false, agent: "analyst", status: "failed", finish: "error", head });
    await steps.commit(childStep, { result: null, close });
    await steps.commit(stepAttempt(1, { step: "end" }), {
      result: null,
      close: rootClose({ status: "cancelled", finish: "cancelled" }),
    });

    const late = steps.commit(stepAttempt(1, { step: "end:2" }), { result: null, close: rootClose() });

    await expect(late).rejects.toMatchObject({ code: "STEP_SUPERSEDED" });
    expect(await steps.runHead(newRun().runId, "analyst")).toBeNull();
    expect(await runs.get(newRun().runId)).toMatchObject({ status: "cancelled", finish: "cancelled" });
  });
});
