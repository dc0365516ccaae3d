import type { Boundary } from "./boundaries.ts";
import { type Fate, FATES, type Judgement } from "./judge-action.ts";

/** One action as one run left it. */
export interface JudgedAction extends Judgement {
  readonly index: number;
  readonly kind: string;
}

/** One run: where it was killed, or that it was not. */
export interface JudgedRun {
  /** Null for the run that nobody disturbs. */
  readonly boundary: Boundary | null;
  readonly planIds: readonly string[];
  /** False when the boundary was never reached, so that nothing died. */
  readonly wasKilled: boolean;
  readonly actions: readonly JudgedAction[];
}

/** One action over all runs. */
export interface ActionTally extends Readonly<Record<Fate, number>> {
  readonly index: number;
  readonly kind: string;
}

/** What a crash test came to. */
export interface CrashReport {
  readonly verdict: "safe" | "unproven" | "broken";
  readonly kills: number;
  readonly actions: readonly ActionTally[];
  readonly findings: readonly {
    readonly at: string;
    readonly action: number;
    readonly fate: Fate;
    readonly because: string;
  }[];
}

/** Adds the runs up. Only a target that lost nothing, repeated nothing and left nothing unproven is safe. */
export function crashReport(runs: readonly JudgedRun[]): CrashReport {
  const all = runs.flatMap(({ actions }) => actions);
  const has = (fate: Fate): boolean => all.some((action) => action.fate === fate);
  const indexes = [...new Set(all.map(({ index }) => index))].sort((a, b) => a - b);
  const kills = runs.filter(({ wasKilled }) => wasKilled).length;
  return {
    verdict: kills === 0 || has("lost") || has("repeated") ? "broken" : has("unproven") ? "unproven" : "safe",
    kills,
    actions: indexes.map((index) =>
      tallyOf(
        index,
        all.filter((action) => action.index === index),
      ),
    ),
    findings: runs.flatMap(({ boundary, actions }) =>
      actions.flatMap(({ index, fate, because }) =>
        because === null ? [] : [{ at: boundary?.point ?? "no kill", action: index, fate, because }],
      ),
    ),
  };
}

function tallyOf(index: number, actions: readonly JudgedAction[]): ActionTally {
  const count = (fate: Fate): number => actions.filter((action) => action.fate === fate).length;
  const [applied, lost, repeated, unknown, unproven, skipped] = [
    count("applied"),
    count("lost"),
    count("repeated"),
    count("unknown"),
    count("unproven"),
    count("skipped"),
  ];
  return { index, kind: actions[0]?.kind ?? "", applied, lost, repeated, unknown, unproven, skipped };
}

/** The report as people read it. Cells must be made printable by the caller. */
export function reportRows({ actions }: CrashReport): readonly (readonly string[])[] {
  const head = ["action", "kind", ...FATES];
  return [
    head,
    ...actions.map((tally) => [String(tally.index), tally.kind, ...FATES.map((fate) => String(tally[fate]))]),
  ];
}

/** The last sentence: what is shown, or what is missing. */
export function verdictText({ verdict, kills, actions }: CrashReport): string {
  const unknown = actions.reduce((sum, tally) => sum + tally.unknown, 0);
  switch (verdict) {
    case "broken":
      if (kills === 0)
        return "BROKEN: the plan is not applied whole even when nothing is killed, or --effects does not tell the truth.";
      return `BROKEN: under ${kills} kills an effect was lost or repeated.`;
    case "unproven":
      return `UNPROVEN: under ${kills} kills actions were called again, and nothing says how often they took effect. Give --effects.`;
    case "safe":
      return unknown === 0
        ? `SAFE: under ${kills} kills nothing was lost and nothing repeated.`
        : `SAFE: under ${kills} kills nothing was lost and nothing repeated; ${unknown} times an action was left to a person.`;
  }
}
