import * as z from "zod";

/** What the worker of a crash test is told; see worker-process.ts. */
export const CrashWorkerSetup = z.strictObject({
  app: z.string(),
  folder: z.string(),
  workspace: z.string(),
  home: z.string(),
  address: z.string(),
  taskQueue: z.string(),
  callLog: z.string(),
});
export type CrashWorkerSetup = z.infer<typeof CrashWorkerSetup>;

/** A killed worker is noticed this soon: nobody should wait five seconds at every boundary. */
export const CRASH_KNOBS = { heartbeatMs: 1_000, stickyTimeoutMs: 1_000, graceMs: 1_000 } as const;
