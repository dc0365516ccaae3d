/** A place where the worker is killed, and how people read it. */
export interface Boundary {
  /** As BRIDLE_CRASHPOINT takes it. */
  readonly point: string;
  readonly label: string;
}

/** Every boundary of a plan's dispatch: around the whole, and three times around each action. */
export function boundariesOf(actions: number, isBatch: boolean): readonly Boundary[] {
  const calls = isBatch ? 1 : actions;
  const each = Array.from({ length: calls }, (_, index) => index + 1).flatMap((passage) => {
    const what = isBatch ? "the batch" : `action ${passage - 1}`;
    return [
      { point: `intent.written:${passage}`, label: `before ${what} is called` },
      { point: `effect.returned:${passage}`, label: `after ${what}, before its end is recorded` },
    ];
  });
  // A batch records each action that it reports, and then the rest.
  const records = Array.from({ length: isBatch ? actions + 1 : actions }, (_, index) => ({
    point: `ledger.done:${index + 1}`,
    label: isBatch ? `after record ${index + 1} of the batch` : `after the end of action ${index} is recorded`,
  }));
  return [
    { point: "preflight.done:1", label: "before the first intent" },
    ...each,
    ...records,
    { point: "plan.closed:1", label: "after the plan is closed" },
  ];
}
