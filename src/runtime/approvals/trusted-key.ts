import { isSamePerson } from "../../lib/same-person.ts";
import { ANONYMOUS } from "../../engine/may-decide.ts";
import { InputError } from "../../protocol/errors.ts";
import { parsePublicKey, type PublicKey } from "./public-key.ts";

/** A key whose signatures count, and for whom. */
export interface TrustedKey extends PublicKey {
  /** The one person it vouches for, or `*` for everybody. Without it: for everybody who is bound to no key. */
  readonly name?: string;
}

/** Reads `ed25519:…`, `NAME=ed25519:…` and `*=ed25519:…`. A key that stands for two people is refused: it would be a quorum of its own. */
export function parseTrustedKeys(entries: readonly string[]): readonly TrustedKey[] {
  const keys = entries.map(parseEntry);
  for (const key of keys) refuseSecondName(key, keys);
  return keys;
}

/** Why a key does not vouch for an answer in this name; null when it does. */
export function whyNotTheirs(key: TrustedKey, by: string, trusted: readonly TrustedKey[]): string | null {
  if (key.name === EVERYBODY) return null;
  const said = `The answer says that ${JSON.stringify(by)} gives it, and was signed with key ${key.fingerprint}`;
  if (key.name !== undefined) {
    return isSamePerson(key.name, by) ? null : `${said}, which is bound to ${JSON.stringify(key.name)}.`;
  }
  const own = trusted.filter(({ name }) => name !== undefined && name !== EVERYBODY && isSamePerson(name, by));
  if (own.length === 0) return null;
  return `${said}, which is bound to nobody; ${JSON.stringify(by)} is bound to ${fingerprints(own)}.`;
}

/** A key as people are told of it: the name it is bound to, if any, and its fingerprint. */
export function trustedKeyLabel({ name, fingerprint }: TrustedKey): string {
  return name === undefined ? fingerprint : `${name}=${fingerprint}`;
}

function parseEntry(entry: string): TrustedKey {
  const [, name, text = entry] = /^(?:([^]*)=)?(ed25519:[^=]*)$/.exec(entry.trim()) ?? [];
  const key = parsePublicKey(text);
  if (key === null) throw unreadable(`expected ed25519:… or NAME=ed25519:…, received ${JSON.stringify(entry)}`);
  if (name === undefined) return key;
  if (isSamePerson(name, "") || isSamePerson(name, ANONYMOUS))
    throw unreadable(`expected a person's name before "=", received ${JSON.stringify(entry)}`);
  return { ...key, name: name.trim() };
}

function refuseSecondName(key: TrustedKey, keys: readonly TrustedKey[]): void {
  const { fingerprint, name: first = "" } = key;
  const other = keys.find((one) => one.fingerprint === fingerprint && !isSamePerson(one.name ?? "", first));
  if (other === undefined) return;
  const names = [first, other.name ?? ""].map((name) => (name === "" ? "no name" : JSON.stringify(name))).join(" and ");
  throw new InputError(
    "INPUT_INVALID",
    `A trusted public key must stand for one person: key ${fingerprint} is listed with ${names}.`,
    {
      hint: "Give each person a key of their own; *=ed25519:… vouches for everybody, as the key of an API server must.",
    },
  );
}

function unreadable(told: string): InputError {
  return new InputError("INPUT_INVALID", `A trusted public key is none: ${told}.`, {
    hint: "`bridle approvals key` prints it on the machine that signs.",
  });
}

function fingerprints(keys: readonly TrustedKey[]): string {
  return keys.map(({ fingerprint }) => fingerprint).join(", ");
}

/** Instead of a name: the key's owner is trusted to have asked who it is. */
const EVERYBODY = "*";
