import { armCrashPoints, CRASH_POINTS, type CrashPoints } from "../activities/crash-points.ts";
import type { Environment } from "../environment.ts";
import { InputError } from "../protocol/errors.ts";

/** Reads BRIDLE_CRASHPOINT=name:n; without it every point is inert. */
export function readCrashPoint(env: Environment): CrashPoints {
  const setting = env.BRIDLE_CRASHPOINT;
  if (setting === undefined || setting === "") return armCrashPoints(null, () => undefined);
  const [name = "", passage = ""] = setting.split(/:(?=[^:]*$)/);
  const point = CRASH_POINTS.find((known) => known === name);
  if (point === undefined || !/^[1-9]\d*$/.test(passage)) {
    const message = `BRIDLE_CRASHPOINT must be name:n with a known name and n from 1, received ${JSON.stringify(setting)}.`;
    throw new InputError("INPUT_INVALID", message, { hint: "`bridle crashpoints` lists the names." });
  }
  return armCrashPoints({ point, passage: Number(passage) }, () => process.kill(process.pid, "SIGKILL"));
}
