import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureKeyPair, readPublicKey, readSigningKey } from "../../../../src/runtime/approvals/key-file.ts";
import { ROOT } from "../../../helpers/source-files.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bridle-key-"));
  file = join(folder, "home", "approval-key");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the first need makes a pair for its owner only, and later ones find it", () => {
  expect(readSigningKey(file)).toBeNull();
  expect(readPublicKey(file)).toBeNull();

  const made = ensureKeyPair(file);

  expect(made.text).toMatch(/^ed25519:[\w-]{43}$/);
  expect(made.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  expect(ensureKeyPair(file).fingerprint).toBe(made.fingerprint);
  expect(readSigningKey(file)?.publicKey.text).toBe(made.text);
  expect(readFileSync(`${file}.pub`, "utf8")).toBe(`${made.text}\n`);
  expect(readdirSync(join(folder, "home")).sort()).toEqual(["approval-key", "approval-key.pub"]);
  expect([file, `${file}.pub`, join(folder, "home")].map((path) => statSync(path).mode & 0o777)).toEqual([
    0o600, 0o600, 0o700,
  ]);
});

test("neither JSON nor a log shows the private half", () => {
  ensureKeyPair(file);
  const key = readSigningKey(file);
  const secret = readFileSync(file, "utf8").split("\n")[1] ?? "";

  expect(secret.length).toBeGreaterThan(40);
  for (const shown of [JSON.stringify(key), inspect(key, { depth: 9, showHidden: true })])
    expect(shown).not.toContain(secret);
});

test("the public half is enough to check, and its loss is mended from the private one", () => {
  const { fingerprint } = ensureKeyPair(file);
  rmSync(`${file}.pub`);
  expect(ensureKeyPair(file).fingerprint).toBe(fingerprint);

  rmSync(file);
  expect(ensureKeyPair(file).fingerprint).toBe(fingerprint);
  expect(readSigningKey(file)).toBeNull();
});

test("a key that others may read signs nothing", () => {
  ensureKeyPair(file);
  chmodSync(file, 0o640);

  expect(() => readSigningKey(file)).toThrow(
    expect.objectContaining({ code: "APPROVAL_KEY_INVALID", hint: `chmod 600 ${file}` }),
  );
});

test("a damaged, foreign or mixed-up file is told without a word of what is in it", () => {
  ensureKeyPair(file);
  const good = readFileSync(file, "utf8");
  writeFileSync(file, "hunter2hunter2", { mode: 0o600 });
  expect(() => readSigningKey(file)).toThrow(/holds no private key/);
  expect(() => readSigningKey(file)).not.toThrow(/hunter2/);

  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  expect(() => readSigningKey(file)).toThrow(/of type ec: expected ed25519/);

  const other = ensureKeyPair(join(folder, "other"));
  writeFileSync(file, good);
  writeFileSync(`${file}.pub`, other.text);
  expect(() => readSigningKey(file)).toThrow(/is not the public half/);

  writeFileSync(`${file}.pub`, "nonsense");
  expect(() => readPublicKey(file)).toThrow(/holds no public key/);
});

test("processes that need a key at once make one", async () => {
  const module = join(ROOT, "src", "runtime", "approvals", "key-file.ts");
  const script = `import { ensureKeyPair } from ${JSON.stringify(module)}; console.log(ensureKeyPair(${JSON.stringify(file)}).fingerprint)`;
  const made = Array.from({ length: 4 }, async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    const [code] = await once(child, "close");
    return `${code} ${out.trim()}`;
  });

  expect(new Set(await Promise.all(made))).toEqual(new Set([`0 ${ensureKeyPair(file).fingerprint}`]));
});
