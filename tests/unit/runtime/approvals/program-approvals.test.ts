import { join } from "node:path";
import { expect, test } from "vitest";
import { readSigningKey } from "../../../../src/runtime/approvals/key-file.ts";
import { programApprovals } from "../../../../src/runtime/approvals/program-approvals.ts";
import { temporaryFolder } from "../../../helpers/temporary-folder.ts";

test("a program that hosts a worker finds or makes the project's key before anyone answers", () => {
  const home = temporaryFolder();
  const { approvals, keyFile, prepare } = programApprovals({}, {}, home);
  expect(readSigningKey(keyFile)).toBeNull();

  prepare();

  expect(approvals.mode).toBe("signed");
  expect(keyFile).toBe(join(home, "approval-key"));
  expect(readSigningKey(keyFile)).not.toBeNull();
});

test("a program that trusts named keys makes none", () => {
  const other = programApprovals({}, {}, temporaryFolder());
  other.prepare();
  const key = readSigningKey(other.keyFile)?.publicKey.text ?? "";

  const { keyFile, prepare } = programApprovals({ publicKeys: [key] }, {}, temporaryFolder());
  prepare();

  expect(readSigningKey(keyFile)).toBeNull();
});
