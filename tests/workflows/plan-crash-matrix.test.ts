/** Twenty actions with references each; worker, server or both are killed in the middle, and every action takes effect exactly once. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CrashLab, openCrashLab } from "../helpers/crash-lab.ts";
import { type OwnServer, startOwnServer } from "../helpers/own-server.ts";
import { pricePlan, productSet } from "../helpers/plan-app.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

const ACTIONS = 20;
const random = seededRandom(4);

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function begin({ runtime }: CrashLab): Promise<void> {
  const sets = await Promise.all(
    Array.from({ length: ACTIONS }, (_, index) => runtime.createReference(productSet, [`p-${index}`])),
  );
  const actions = sets.map(({ kind, id }) => ({ kind: "hold", products: { kind, id } }));
  await runtime.plans.store({ plan: pricePlan, planId: "p1", body: { rationale: "r", actions } });
  await runtime.plans.execute("p1", { waitMs: 0 });
}

function applied({ toolCalls }: CrashLab): readonly string[] {
  return toolCalls().filter((line) => line.startsWith("apply "));
}

async function ended({ runtime }: CrashLab): Promise<readonly string[]> {
  await vi.waitUntil(async () => (await runtime.plans.get("p1")).result !== null, { timeout: 80_000, interval: 50 });
  return (await runtime.plans.actions("p1")).map(({ state }) => state);
}

test.each([
  ["worker", 1 + random.below(ACTIONS - 2)],
  ["server", 1 + random.below(ACTIONS - 2)],
  ["both", 1 + random.below(ACTIONS - 2)],
] as const)("the %s killed after %i effects", { timeout: 120_000 }, async (who, count) => {
  await using lab = await openCrashLab({ guarantee: "keyed", applyMs: 20, address: server.address });
  const worker = await lab.startWorker();
  await begin(lab);
  await vi.waitUntil(() => applied(lab).length >= count, { timeout: 30_000, interval: 2 });

  if (who !== "worker") server.kill();
  if (who !== "server") worker.kill("SIGKILL");
  if (who !== "server") await worker.exited;
  if (who !== "worker") await server.restart();
  if (who !== "server") await lab.startWorker();

  expect(await ended(lab)).toEqual(Array.from({ length: ACTIONS }, () => "done"));
  expect(new Set(applied(lab)).size).toBe(ACTIONS);
  expect(applied(lab).length).toBeLessThanOrEqual(ACTIONS + 1);
});

test(
  "with a target that knows no keys nothing is applied twice, and what is doubtful is unknown",
  { timeout: 120_000 },
  async () => {
    await using lab = await openCrashLab({ guarantee: "none", applyMs: 20, address: server.address });
    const worker = await lab.startWorker();
    await begin(lab);
    await vi.waitUntil(() => applied(lab).length >= 7, { timeout: 30_000, interval: 2 });

    server.kill();
    worker.kill("SIGKILL");
    await worker.exited;
    await server.restart();
    await lab.startWorker();
    const states = await ended(lab);

    const done = states.filter((state) => state === "done").length;
    expect(new Set(applied(lab)).size).toBe(applied(lab).length);
    expect(applied(lab).length).toBeGreaterThanOrEqual(done);
    expect(applied(lab).length).toBeLessThanOrEqual(done + states.filter((state) => state === "unknown").length);
    expect(states.filter((state) => state === "unknown").length).toBeLessThanOrEqual(1);
  },
);
