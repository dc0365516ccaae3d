/**
 * Measures one thing and compares it with its budget: a table to read, one line of JSON at the end, and exit code 1 when a
 * budget was missed. Every bench starts its own server in a folder that it removes.
 */
import { DefaultLogger, Runtime } from "@temporalio/worker";
import { type BenchReport, printReport } from "./report.ts";

const BENCHES: Readonly<Record<string, { readonly what: string; readonly run: () => Promise<BenchReport> }>> = {
  turn: {
    what: "a turn with one tool call against a bare workflow",
    run: async () => (await import("./turn.ts")).turn(),
  },
  dispatch: {
    what: "the embedded server against an untuned one",
    run: async () => (await import("./dispatch.ts")).dispatch(),
  },
  history: { what: "what a step adds to a run's history", run: async () => (await import("./history.ts")).history() },
  readers: {
    what: "what a thousand readers add to a run's history",
    run: async () => (await import("./readers.ts")).readers(),
  },
  deltas: {
    what: "how long text takes from the provider to a reader",
    run: async () => (await import("./deltas.ts")).deltas(),
  },
  recovery: {
    what: "how long a run stands still when its worker is killed",
    run: async () => (await import("./recovery.ts")).recovery(),
  },
  crash: {
    what: "what the target did against what the ledgers say, when workers and servers are killed",
    run: async () => (await import("./crash.ts")).crash(),
  },
  references: {
    what: "a plan over a million ids against one over ten",
    run: async () => (await import("./references.ts")).references(),
  },
  profile: {
    what: "a profile of a million rows against one pass over them",
    run: async () => (await import("./profile.ts")).profile(),
  },
  search: {
    what: "catalog search over a hundred thousand entries",
    run: async () => (await import("./search.ts")).search(),
  },
};

const name = process.argv[2] ?? "";
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(name === "" ? "Usage: npm run bench -- NAME" : `There is no bench "${name}".`);
  for (const [known, { what }] of Object.entries(BENCHES)) console.error(`  ${known.padEnd(9)} ${what}`);
  process.exitCode = 2;
} else {
  // Before the first worker is made: the SDK's own lines would stand between the figures.
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  console.log(`${name}: ${bench.what}\n`);
  process.exitCode = printReport(await bench.run()) ? 0 : 1;
}
