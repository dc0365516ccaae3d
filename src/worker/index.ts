export { type ReplaySetup, replayHistory } from "./replay-history.ts";
export { type RunningWorker, startWorker } from "./start-worker.ts";
export type { WorkerKnobs } from "./worker-knobs.ts";
export type { WorkerSetup } from "./worker-setup.ts";
