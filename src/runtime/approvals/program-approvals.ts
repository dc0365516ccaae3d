import { resolve } from "node:path";
import type { Environment } from "../../environment.ts";
import { InputError } from "../../protocol/errors.ts";
import type { ApprovalProof } from "../../specs/hosted-app.ts";
import type { ApprovalOptions } from "../options.ts";
import { defaultKeyFile, proofOf, trustedKeys } from "./approval-settings.ts";

/** How answers are proven in a program of its own, and the key that it signs its own with. */
export interface ProgramApprovals {
  readonly approvals: ApprovalProof;
  readonly keyFile: string;
  /** Makes the project's key where answers are signed and there is none, so that whoever has the project can answer. */
  prepare(this: void): void;
}

/** What the program says, else the environment; signed unless one of them knowingly says open. Opens no file. */
export function programApprovals(options: ApprovalOptions, env: Environment, home: string): ProgramApprovals {
  const mode = options.mode ?? modeOf(env);
  const keyFile = resolve(options.keyFile ?? given(env.BRIDLE_APPROVAL_KEY_FILE) ?? defaultKeyFile(home));
  const publicKeys = options.publicKeys ?? given(env.BRIDLE_APPROVAL_PUBLIC_KEYS)?.split(",");
  const settings = { mode, keyFile, ...(publicKeys === undefined ? {} : { publicKeys }) };
  return { keyFile, approvals: proofOf(settings), prepare: () => void trustedKeys(settings) };
}

function modeOf({ BRIDLE_APPROVALS: text }: Environment): ApprovalProof["mode"] {
  const mode = given(text) ?? "signed";
  if (mode === "open" || mode === "signed") return mode;
  throw new InputError("INPUT_INVALID", `BRIDLE_APPROVALS must be open or signed; received ${JSON.stringify(text)}.`);
}

/** An empty variable is one that was not set. */
function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
