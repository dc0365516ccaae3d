import { userInfo } from "node:os";
import { resolve } from "node:path";
import { defaultKeyFile, type ApprovalSettings } from "../../runtime/approvals/approval-settings.ts";
import type { Approver } from "../../runtime/approvals/approver.ts";
import { readSigningKey } from "../../runtime/approvals/key-file.ts";
import { environmentTarget } from "../../runtime/temporal/temporal-environment.ts";
import { type CommandCall, valueOf } from "../command.ts";
import { InputRequired } from "../failure.ts";
import { SETTINGS } from "../settings/settings.ts";
import { findLaunch } from "./launch-record.ts";
import { projectOf, temporalEnvironment } from "./project.ts";

/** The commands that judge or sign answers to gates. */
export type ApprovalRole = "dev" | "serve" | "worker" | "run";

/** What this call says about answers to gates. Only `dev` on one machine is open unless someone says so. */
export async function approvalSettings(call: CommandCall, role: ApprovalRole): Promise<ApprovalSettings> {
  const mode = valueOf(call, SETTINGS.approvals) ?? (await usualMode(call, role));
  const publicKeys = valueOf(call, SETTINGS.approvalPublicKeys);
  return { mode, keyFile: keyFileOf(call), ...(publicKeys === undefined ? {} : { publicKeys }) };
}

/** The file of the operator's key; whether it is there is another question. */
export function keyFileOf(call: CommandCall): string {
  const named = valueOf(call, SETTINGS.approvalKeyFile);
  return named === undefined ? defaultKeyFile(projectOf(call).home) : resolve(call.folder, named);
}

/** Signs with the key of this call when there is one; it is read when an answer is given. */
export function signingKeyOf(call: CommandCall): Approver["signingKey"] {
  return () => readSigningKey(keyFileOf(call));
}

/** Who decides: the one who was named, else, where answers are signed, the user of this machine. */
export function decider(call: CommandCall): string | undefined {
  const isSigned = readSigningKey(keyFileOf(call)) !== null;
  return isSigned ? speaker(call) : valueOf(call, SETTINGS.by);
}

/** Whose word is recorded: the one who was named, else the user of this machine. */
export function speaker(call: CommandCall): string {
  return valueOf(call, SETTINGS.by) ?? userInfo().username;
}

/** Who asks for a run: the one who was named, else the user of this machine; nobody where the machine has no name for that user. */
export function asker(call: CommandCall): string | undefined {
  const named = valueOf(call, SETTINGS.requestedBy);
  if (named !== undefined) return named;
  try {
    return userInfo().username;
  } catch {
    return undefined; // a container may run as a user that it has no entry for
  }
}

async function usualMode(call: CommandCall, role: ApprovalRole): Promise<ApprovalSettings["mode"]> {
  switch (role) {
    case "serve":
    case "worker":
      return "signed";
    case "run":
      // Two workers of one queue must not judge the same answer differently.
      return (await findLaunch(projectOf(call).home, "dev"))?.approvals ?? "signed";
    case "dev":
      return localMode(call);
  }
}

function localMode(call: CommandCall): "open" {
  const host = valueOf(call, SETTINGS.host) ?? "127.0.0.1";
  if (!isLoopback(host)) throw mustChoose(`the HTTP API listens on ${host}`);
  const address = environmentTarget(temporalEnvironment(call))?.options.address;
  if (address !== undefined && !isLoopback(address.replace(/:\d+$/, ""))) throw mustChoose(`Temporal is at ${address}`);
  return "open";
}

function mustChoose(why: string): InputRequired {
  return new InputRequired(
    "INPUT_INVALID",
    `Whether answers to gates must be signed is not decided: ${why}, which other machines may reach.`,
    {
      hint: "Choose --approvals signed, or --approvals open where something else keeps strangers from Temporal and the API.",
    },
  );
}

/** This machine alone, as people write it. */
export function isLoopback(host: string): boolean {
  const bare = host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1");
  return bare === "localhost" || bare === "::1" || /^127(?:\.\d{1,3}){3}$/.test(bare);
}
