import { accessSync, constants, statSync } from "node:fs";
import { userInfo } from "node:os";
import { basename } from "node:path";
import type { TargetLocation } from "../data-environment.ts";
import type { TargetAccess, TargetAccessFinding } from "./target-access.ts";

/** Whether the user of this process could write the file. */
export function sqliteAccess(location: Extract<TargetLocation, { kind: "sqlite" }>): TargetAccess {
  const findings = lookAt(location.path);
  return { kind: "sqlite", login: userInfo().username, isReadOnly: findings.length === 0, findings, advice: null };
}

function lookAt(path: string): readonly TargetAccessFinding[] {
  const name = basename(path);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    return [{ code: "unavailable", text: `the SQLite file ${name} does not exist` }];
  try {
    accessSync(path, constants.W_OK);
    return [{ code: "file_writable", text: `this user may write ${name}; queries open it read-only all the same` }];
  } catch {
    return [];
  }
}
