import { randomBytes } from "node:crypto";

/** A fresh id that sorts by the time it was made: `run_0k3…`. */
export function newId(prefix: "run" | "thread" | "decision" | "request"): string {
  const time = Date.now().toString(36).padStart(9, "0");
  return `${prefix}_${time}${randomBytes(8).toString("hex")}`;
}
