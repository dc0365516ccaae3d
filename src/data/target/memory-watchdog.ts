/**
 * Runs as a worker thread inside a query process. The main thread may be inside a native call for as long as a query runs, so
 * only a second thread can notice that memory runs out or that the parent is gone; both end the process at once.
 */
import { workerData } from "node:worker_threads";

const CHECK_MS = 20;
const parent = process.ppid;
const limit = Number(workerData);

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  // A signal of its own tells the parent why; nothing handles it, so it ends the process wherever it is.
  else if (process.memoryUsage.rss() > limit) process.kill(process.pid, "SIGUSR2");
}, CHECK_MS);
