import { describe, expect, test } from "vitest";
import { RunId, ThreadId, TurnId } from "../../src/protocol/ids.ts";
import { ACME, finishDraft, newRun, rootClose, stepAttempt, textDraft } from "../helpers/state-records.ts";
import { longAgo } from "../helpers/long-ago.ts";
import { openStore, stateStores } from "./state-store.ts";

describe.each(stateStores)("runs in $name", (adapter) => {
  test("a new run is there with its prompt and its thread", async () => {
    const scoped = (await openStore(adapter.newUrl())).in(ACME);
    const prompt = "how many orders? 😀 \0".repeat(1000);

    const { created, run } = await scoped.runs.create(newRun("run_1", { prompt }));

    expect(created).toBe(true);
    expect(run).toMatchObject({
      status: "starting",
      executionId: null,
      lastSeq: 0,
      promptPreview: prompt.slice(0, 200),
    });
    expect(await scoped.runs.get(run.runId)).toEqual(run);
    expect(await scoped.runs.prompt(run.runId)).toBe(prompt);
    expect(await scoped.threads.get(run.threadId)).toMatchObject({ heads: {}, lastRunId: null });
  });

  test("the same run again is the same run, also when twenty ask at once", async () => {
    const scoped = (await openStore(adapter.newUrl())).in(ACME);

    const results = await Promise.all(Array.from({ length: 20 }, () => scoped.runs.create(newRun())));

    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ run }) => run.createdAt)).size).toBe(1);
  });

  test.each([
    ["thread", { threadId: ThreadId.parse("thread_2") }],
    ["agent", { agent: "other" }],
    ["prompt", { prompt: "another question" }],
    ["requester", { requestedBy: "cy" }],
  ])("the same run with another %s is refused", async (what, changes) => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    await runs.create(newRun());

    const conflict = { code: "RUN_CONFLICT", message: expect.stringContaining(what) };
    await expect(runs.create(newRun("run_1", changes))).rejects.toMatchObject(conflict);
    await expect(runs.claim(newRun("run_1", changes), "execution_1")).rejects.toMatchObject(conflict);
  });

  test("who asked is kept with the run, and a workflow that does not say it gets the run all the same", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    const { run } = await runs.create(newRun("run_1", { requestedBy: "Ann \0 \u202e" }));

    const claimed = await runs.claim(newRun(), "execution_1");

    expect(claimed).toMatchObject({ mine: true, run: { requestedBy: "Ann \0 \u202e" } });
    expect(await runs.get(run.runId)).toMatchObject({ requestedBy: "Ann \0 \u202e" });
    const conflict = { code: "RUN_CONFLICT", message: expect.stringContaining("this one has nobody") };
    await expect(runs.create(newRun())).rejects.toMatchObject(conflict);
  });

  test("the first execution gets the run; its root turn begins", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    await runs.create(newRun());

    const first = await runs.claim(newRun(), "execution_1");
    const second = await runs.claim(newRun(), "execution_2");
    const again = await runs.claim(newRun(), "execution_1");

    expect([first.mine, second.mine, again.mine]).toEqual([true, false, true]);
    expect(second.run).toMatchObject({ status: "running", executionId: "execution_1" });
    expect(await runs.turns(first.run.runId)).toMatchObject([
      { turn: "run_1", parent: null, agent: "boss", status: "running" },
    ]);
  });

  test("of twenty executions that claim a run nobody created, in two processes, one gets it", async () => {
    const url = adapter.newUrl();
    const [one, two] = [await openStore(url), await openStore(url)];

    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : two).in(ACME).runs.claim(newRun(), `execution_${index}`),
      ),
    );

    const winners = claims.filter((claim) => claim.mine);
    expect(winners).toHaveLength(1);
    const owner = winners[0]?.run.executionId;
    expect(new Set(claims.map((claim) => claim.run.executionId))).toEqual(new Set([owner]));
  });

  test("a run that is over belongs to the execution that had it and to no other", async () => {
    const { runs, steps } = (await openStore(adapter.newUrl())).in(ACME);
    await runs.claim(newRun(), "execution_1");
    await steps.commit(stepAttempt(1), { result: null, close: rootClose() });

    expect(await runs.claim(newRun(), "execution_1")).toMatchObject({ mine: true, run: { status: "completed" } });
    expect(await runs.claim(newRun(), "execution_2")).toMatchObject({ mine: false, run: { status: "completed" } });
  });

  test("a worker fills in the manifest that the starter did not know", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    const manifestHash = (await runs.create(newRun())).run.promptHash;

    const { run } = await runs.claim(newRun("run_1", { manifestHash }), "execution_1");

    expect(run.manifestHash).toBe(manifestHash);
  });

  test("discarding frees the id of a run that never started, and leaves a running one alone", async () => {
    const { runs, log } = (await openStore(adapter.newUrl())).in(ACME);
    const starting = newRun("run_1");
    const running = newRun("run_2");
    await runs.create(starting);
    await log.append(starting.runId, [textDraft("a")]);
    await runs.claim(running, "execution_1");

    await runs.discard(starting.runId);
    await runs.discard(running.runId);
    await runs.discard(RunId.parse("run_3"));

    expect(await runs.get(starting.runId)).toBeNull();
    expect(await log.read(starting.runId, 0)).toEqual([]);
    expect(await runs.get(running.runId)).toMatchObject({ status: "running" });
    expect(await runs.create(newRun("run_1", { prompt: "another" }))).toMatchObject({ created: true });
  });

  test("a run that two requests start stays until both took it back", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    const { runId } = newRun();
    await runs.create(newRun());
    expect(await runs.create(newRun())).toMatchObject({ created: false });

    expect(await runs.discard(runId)).toBe(false);
    expect(await runs.get(runId)).toMatchObject({ status: "starting" });
    expect(await runs.discard(runId)).toBe(true);
    expect(await runs.get(runId)).toBeNull();
    expect(await runs.discard(runId)).toBe(true);
  });

  test("a run that one request queued stays, whatever others took back, until that one takes it back too", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    const { runId } = newRun();
    await runs.create(newRun());
    await runs.create(newRun());
    expect(await runs.create({ ...newRun(), status: "queued" })).toMatchObject({ run: { status: "queued" } });

    const refused = [await runs.discard(runId, { noneAccepted: true }), await runs.discard(runId)];
    expect(refused).toEqual([false, false]);
    expect(await runs.get(runId)).toMatchObject({ status: "queued" });
    expect(await runs.discard(runId)).toBe(true);
    expect(await runs.get(runId)).toBeNull();
  });

  test("a request of long ago keeps a run only as long as it may have been accepted", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    const { runId } = newRun();
    await longAgo(() => runs.create(newRun()));

    await runs.create(newRun());
    expect(await runs.discard(runId)).toBe(false);
    await runs.create(newRun());
    expect(await runs.discard(runId, { noneAccepted: true })).toBe(true);

    expect(await runs.create(newRun("run_1", { prompt: "another" }))).toMatchObject({ created: true });
  });

  test("a queued run of long ago waits, and no refused request takes it away", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    const { runId } = newRun();
    await longAgo(() => runs.create({ ...newRun(), status: "queued" }));

    await runs.create(newRun());
    expect(await runs.discard(runId, { noneAccepted: true })).toBe(false);

    expect(await runs.get(runId)).toMatchObject({ status: "queued" });
  });

  test("what does not exist is null, and its prompt is an error", async () => {
    const { runs, threads } = (await openStore(adapter.newUrl())).in(ACME);

    expect(await runs.get(RunId.parse("nobody"))).toBeNull();
    expect(await runs.turn(TurnId.parse("nobody"))).toBeNull();
    expect(await runs.turns(RunId.parse("nobody"))).toEqual([]);
    expect(await threads.get(ThreadId.parse("nobody"))).toBeNull();
    await expect(runs.prompt(RunId.parse("nobody"))).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
  });

  test("pages are newest first, hold every run once, and end", async () => {
    const { runs, threads } = (await openStore(adapter.newUrl())).in(ACME);
    for (let index = 0; index < 25; index++) {
      await runs.create(newRun(`run_${index}`, { threadId: ThreadId.parse(`thread_${index}`) }));
    }

    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof runs.list>> = await runs.list({
        limit: 10,
        ...(after === null ? {} : { after }),
      });
      expect(page.items.length).toBeLessThanOrEqual(10);
      seen.push(...page.items.map((run) => run.runId));
      after = page.next;
    } while (after !== null);

    expect(new Set(seen).size).toBe(25);
    const all = (await runs.list({})).items;
    expect(seen).toEqual(all.map((run) => run.runId));
    expect(all.map((run) => run.createdAt)).toEqual(
      all
        .map((run) => run.createdAt)
        .sort()
        .reverse(),
    );
    const first = await threads.list({ limit: 20 });
    const second = await threads.list({ limit: 20, after: first.next ?? expect.fail() });
    expect(new Set([...first.items, ...second.items].map((thread) => thread.threadId)).size).toBe(25);
    expect(second.next).toBeNull();
  });

  test("lists filter by thread and by status", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    const threadId = ThreadId.parse("thread_2");
    await runs.create(newRun("run_1"));
    await runs.create(newRun("run_2", { threadId }));
    await runs.claim(newRun("run_3", { threadId }), "execution_1");

    const ids = async (filter: Parameters<typeof runs.list>[0]): Promise<readonly string[]> =>
      (await runs.list(filter)).items.map((run) => run.runId);

    expect(new Set(await ids({ threadId }))).toEqual(new Set(["run_2", "run_3"]));
    expect(await ids({ threadId, status: "running" })).toEqual(["run_3"]);
    expect(await ids({ status: "cancelled" })).toEqual([]);
  });

  test.each([{ after: "nonsense" }, { after: Buffer.from("[1]").toString("base64url") }, { limit: 0 }, { limit: 1.5 }])(
    "a page request %j is refused",
    async (page) => {
      const { runs, threads } = (await openStore(adapter.newUrl())).in(ACME);

      await expect(runs.list(page)).rejects.toMatchObject({ code: "INPUT_INVALID" });
      await expect(threads.list(page)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    },
  );

  test("a larger page than allowed is cut to the largest", async () => {
    const { runs } = (await openStore(adapter.newUrl())).in(ACME);
    await runs.create(newRun());

    expect((await runs.list({ limit: 1_000_000 })).items).toHaveLength(1);
  });

  test("the store says where it is without a password, and closing twice is fine", async () => {
    const store = await openStore(adapter.newUrl());

    expect(store.describe()[0]).toMatchObject({ kind: adapter.name, role: "state", path: expect.any(String) });
    await store.in(ACME).runs.claim(newRun(), "execution_1");
    await store.in(ACME).log.append(newRun().runId, [finishDraft()]);
    await store.close();
    await store.close();
  });

  test("ten openers at once bring one new store up to date", async () => {
    const url = adapter.newUrl();

    const stores = await Promise.all(Array.from({ length: 10 }, () => openStore(url)));
    await Promise.all(stores.map((store) => store.migrate()));

    await stores[0]?.in(ACME).runs.create(newRun());
    expect(await stores[9]?.in(ACME).runs.get(newRun().runId)).not.toBeNull();
  });

  test("a store of a later version is refused", async () => {
    const url = adapter.newUrl();
    await (await openStore(url)).close();
    await adapter.execute(url, "insert into migrations (version, name, applied_at) values (99, 'later', '')");
    if (adapter.name === "sqlite") await adapter.execute(url, "pragma user_version = 99");

    await expect(openStore(url)).rejects.toMatchObject({ code: "STORE_NEWER", message: expect.stringContaining("99") });
  });
});
