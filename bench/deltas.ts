import { defineRuntime, defineSpecialist, defineTenant, type RuntimeSpec, type Runtime } from "bridle";
import { startFakeMessagesApi } from "bridle/testing";
import { median, percentile, printTable } from "./measure.ts";
import type { BenchReport } from "./report.ts";
import { openRig, openRuntime } from "./rig.ts";

const WRITER = "writer";
const DELTAS = 300;
const DELTA_GAP_MS = 20;
const BURST_DELTAS = 300;
const P95_BUDGET_MS = 20;

/** Compares when the provider wrote each piece of text with when a reader in the same process has it. */
export async function deltas(): Promise<BenchReport> {
  const sentAt: number[] = [];
  const api = await startFakeMessagesApi({ onDeltaSent: ({ deltaIndex, at }) => (sentAt[deltaIndex] = at) });
  try {
    await using rig = await openRig();
    await using runtime = await openRuntime(rig, writerApp(api.url), { interpreter: "anthropic" });
    const delays = async (count: number, chunkDelayMs: number): Promise<readonly number[]> => {
      sentAt.length = 0;
      api.reply({ text: pieces(count), chunkDelayMs });
      const receivedAt = await receive(runtime);
      if (receivedAt.length !== count || sentAt.length !== count)
        throw new Error(`${sentAt.length} of ${count} pieces were sent, ${receivedAt.length} arrived`);
      return receivedAt.map((at, index) => at - (sentAt[index] ?? Number.NaN));
    };
    await delays(DELTAS, 0);
    return report(await delays(DELTAS, DELTA_GAP_MS), await delays(BURST_DELTAS, 0));
  } finally {
    await api.close();
  }
}

function writerApp(baseURL: string): RuntimeSpec {
  const writer = defineSpecialist({ name: WRITER, model: "bench-model", prompt: "Write." });
  return defineRuntime({
    tenant: defineTenant("bench", "1"),
    agents: [writer],
    providers: { anthropic: { apiKey: "bench", baseURL } },
  });
}

/** Each piece is one word that says which it is, so that a reader can tell how far it has come. */
function pieces(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `word${index} `);
}

/** When each piece arrived. Pieces may arrive together. */
async function receive(runtime: Runtime): Promise<readonly number[]> {
  const receivedAt: number[] = [];
  for await (const event of runtime.runSpecialist(WRITER, "Write.")) {
    const now = performance.now();
    if (event.type === "error") throw new Error(event.message);
    if (event.type !== "text") continue;
    for (const [word] of event.text.matchAll(/\bword\d+ /g)) {
      if (word !== `word${receivedAt.length} `) throw new Error(`"${word}" arrived as number ${receivedAt.length}`);
      receivedAt.push(now);
    }
  }
  return receivedAt;
}

function report(steady: readonly number[], burst: readonly number[]): BenchReport {
  const row = (mode: string, delays: readonly number[]): Record<string, string | number> => ({
    mode,
    deltas: delays.length,
    "p50 ms": median(delays),
    "p95 ms": percentile(delays, 95),
    "max ms": Math.max(...delays),
  });
  printTable([row(`every ${DELTA_GAP_MS} ms`, steady), row("all at once", burst)]);
  const p95Ms = percentile(steady, 95);
  const burstP95Ms = percentile(burst, 95);
  return {
    figures: { p50Ms: median(steady), p95Ms, burstP95Ms },
    budgets: [
      { what: `p95 ms, every ${DELTA_GAP_MS} ms`, value: p95Ms, atMost: P95_BUDGET_MS },
      { what: "p95 ms, all at once", value: burstP95Ms, atMost: P95_BUDGET_MS },
    ],
  };
}
