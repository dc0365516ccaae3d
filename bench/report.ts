import { rounded } from "./measure.ts";

/** What a figure must be. */
export interface Budget {
  readonly what: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** What a bench found out. */
export interface BenchReport {
  /** Printed as one line of JSON at the end. */
  readonly figures: Readonly<Record<string, number>>;
  readonly budgets: readonly Budget[];
}

/** Prints each budget and whether it was kept, then the figures; returns whether all were kept. */
export function printReport({ figures, budgets }: BenchReport): boolean {
  console.log("");
  for (const budget of budgets) console.log(`${isKept(budget) ? "ok    " : "MISSED"} ${describe(budget)}`);
  const entries = Object.entries(figures).map(([name, value]) => [name, rounded(value)]);
  console.log(JSON.stringify(Object.fromEntries(entries)));
  return budgets.every(isKept);
}

function isKept({ value, atMost = Infinity, atLeast = -Infinity }: Budget): boolean {
  return value <= atMost && value >= atLeast;
}

function describe({ what, value, atMost, atLeast }: Budget): string {
  const limit = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  return `${what}: ${rounded(value)} (${limit})`;
}
