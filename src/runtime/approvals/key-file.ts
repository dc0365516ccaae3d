import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../../lib/error-code.ts";
import { StateError } from "../../protocol/errors.ts";
import { parsePublicKey, type PublicKey, publicKeyOf } from "./public-key.ts";

/**
 * The operator's key for signing answers: a file with the private half and, beside it, one with the public half, so that a worker never
 * opens the first. The private half leaves this folder of the code only inside a KeyObject, which no JSON and no log can show.
 */

/** What answers are signed with. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: PublicKey;
}

/** The key in a file; null when there is no file. */
export function readSigningKey(file: string): SigningKey | null {
  const pem = readText(file);
  if (pem === null) return null;
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
    throw broken(`${file} may be read by others, so nothing is signed with it.`, `chmod 600 ${file}`);
  }
  const privateKey = parsePrivateKey(file, pem);
  const publicKey = publicKeyOf(privateKey);
  const beside = readPublicKey(file);
  if (beside !== null && beside.fingerprint !== publicKey.fingerprint) {
    throw broken(
      `${publicFile(file)} is not the public half of ${file}: expected ${publicKey.fingerprint}, found ${beside.fingerprint}.`,
      "Put back the file that belongs to it, or remove both; new ones are made when they are needed.",
    );
  }
  return { privateKey, publicKey };
}

/** The public half beside a key file; null when there is none. */
export function readPublicKey(file: string): PublicKey | null {
  const text = readText(publicFile(file));
  if (text === null) return null;
  const key = parsePublicKey(text);
  if (key !== null) return key;
  throw broken(
    `${publicFile(file)} holds no public key: expected one line, ed25519:…`,
    "Put back the right file, or remove it and its private half.",
  );
}

/** The public half of a project's key; makes the pair when there is none. Processes that start at once end up with one pair. */
export function ensureKeyPair(file: string): PublicKey {
  const known = readPublicKey(file);
  if (known !== null) return known;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (readText(file) === null) publishPrivateKey(file);
  const key = readSigningKey(file);
  if (key === null) throw broken(`${file} was removed while it was made.`, "Run the command again.");
  writePrivate(publicFile(file), `${key.publicKey.text}\n`);
  return key.publicKey;
}

/** A link, unlike a rename, never takes the place of the key that another process made a moment ago. */
function publishPrivateKey(file: string): void {
  const { privateKey } = generateKeyPairSync("ed25519");
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  try {
    linkSync(fresh, file);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  } finally {
    unlinkSync(fresh);
  }
}

function parsePrivateKey(file: string, pem: string): KeyObject {
  const fix = "Put back the right file, or remove it and its public half; new ones are made when they are needed.";
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The reason of the crypto library could quote the file.
    throw broken(`${file} holds no private key in PEM form.`, fix);
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw broken(`${file} holds a key of type ${key.asymmetricKeyType ?? "unknown"}: expected ed25519.`, fix);
}

function publicFile(file: string): string {
  return `${file}.pub`;
}

/** In one step, and never readable by others even for a moment. */
function writePrivate(file: string, text: string): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, file);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw broken(`${file} cannot be read.`, "Let this user read it, or name another file.", error);
  }
}

function broken(message: string, hint: string, cause?: unknown): StateError {
  return new StateError("APPROVAL_KEY_INVALID", message, { hint, ...(cause === undefined ? {} : { cause }) });
}
