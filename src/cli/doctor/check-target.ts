import type { TargetLocation } from "../../data/data-environment.ts";
import { openProfileReader } from "../../data/profile/open-profile-reader.ts";
import { type InspectableTarget, openTarget } from "../../data/target/open-target-database.ts";
import type { TargetAccess } from "../../data/target/target-access.ts";
import type { WriteAttempt } from "../../data/target/write-attempt.ts";
import { type Check, fine } from "./check.ts";

/** The customer's database: reachable, and read-only proven by writes that must fail. */
export async function checkTarget(location: TargetLocation): Promise<readonly Check[]> {
  const target = openTarget(location);
  try {
    const answer = await target.query("SELECT 1");
    if (!("error" in answer)) return [fine("target database", location.label), await proof(target)];
    const fix = answer.hint ?? "Check target_database in the data environment.";
    return [{ name: "target database", status: "fail", message: `${location.label}: ${answer.error}`, fix }];
  } finally {
    await target.close();
  }
}

const NAME = "target read-only";

async function proof(target: InspectableTarget): Promise<Check> {
  const attempts = await target.attemptWrites();
  const access = await target.access();
  const through = attempts.find(({ outcome }) => outcome === "went_through");
  if (through !== undefined) return wentThrough(through, access);
  const open = attempts.find(({ outcome }) => outcome === "unavailable");
  if (open !== undefined) {
    const message = `not proven: ${open.text}`;
    return { name: NAME, status: "fail", message, fix: "Mend what the message says, then run `bridle doctor` again." };
  }
  const findings = access.findings.map(({ text }) => text);
  const message = `proven: ${attempts.map(refused).join("; ")}${findings.map((text) => `; ${text}`).join("")}`;
  // Whoever owns the project's SQLite file may write it; what queries open is another question, and was just answered.
  const isHarmless = access.isReadOnly || access.kind === "sqlite";
  return isHarmless ? fine(NAME, message) : { name: NAME, status: "warn", message, fix: roleAdvice(access) };
}

function refused({ as, statement, text }: WriteAttempt): string {
  return `${statement} ${as === "query" ? "as queries run" : "with the login's own rights"} was refused (${text})`;
}

function wentThrough({ as, statement }: WriteAttempt, access: TargetAccess): Check {
  if (as === "query") {
    const message = `queries could write: ${statement} went through and was rolled back`;
    return { name: NAME, status: "fail", message, fix: "Stop using this database, and report it: this is a defect." };
  }
  const may = access.findings.map(({ text }) => text).join(", ");
  const message = `${access.login ?? "the login"} can write: ${statement} went through and was rolled back; queries run read-only all the same (${may})`;
  return { name: NAME, status: "fail", message, fix: roleAdvice(access) };
}

function roleAdvice({ advice }: TargetAccess): string {
  return advice === null
    ? "Use a login that can only read."
    : `Use a login that can only read, in target_database.url_env. This makes one:\n${advice}`;
}

/** The tables of the database that a catalog should know, by schema and name. */
export async function targetTables(location: TargetLocation): Promise<readonly (readonly [string, string])[]> {
  const reader = openProfileReader(location, { signal: AbortSignal.timeout(DESCRIBE_MS) });
  try {
    const { tables } = await reader.describe(location.schema);
    return tables.map(({ schema, name }) => [schema, name] as const);
  } finally {
    await reader.close();
  }
}

const DESCRIBE_MS = 10_000;
