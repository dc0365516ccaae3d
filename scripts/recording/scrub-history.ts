import { homedir, hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";

type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree };

/** A recorded history without anything that tells on which machine it was made. Replay looks at none of it. */
export function scrubHistory(json: string): string {
  const history = scrub(JSON.parse(json) as Tree); // historyToJSON writes JSON
  const text = `${JSON.stringify(history, null, 1)}\n`;
  const found = tellTales().filter((word) => readable(history).includes(word));
  if (found.length > 0) throw new Error(`A recorded history still names this machine: ${found.join(", ")}`);
  return text;
}

function scrub(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(scrub);
  if (typeof tree !== "object" || tree === null) return tree;
  const kept = Object.entries(tree).filter(([key]) => !DROPPED.has(key));
  const scrubbed = Object.fromEntries(
    kept.map(([key, value]) => [key, key === "identity" ? "recorder" : scrub(value)]),
  );
  // A worker's own queue is named after its process and host.
  return tree["kind"] === "TASK_QUEUE_KIND_STICKY" ? { ...scrubbed, name: "sticky" } : scrubbed;
}

/** Stack traces hold paths; a build id names the exact bundle. */
const DROPPED = new Set(["stackTrace", "workerVersion", "binaryChecksum", "workerInstanceKey", "buildId"]);

function tellTales(): readonly string[] {
  const names = [hostname(), homedir(), tmpdir(), userInfo().username, join(import.meta.dirname, "..", "..")];
  return names.filter((name) => name.length > MIN_LENGTH).map((name) => JSON.stringify(name).slice(1, -1));
}

/** A shorter name ("vm", "/root") is part of ordinary words; identities, where it would be, are replaced as a whole. */
const MIN_LENGTH = 4;

/** The history with its payloads as text. */
function readable(tree: Tree): string {
  const decoded = JSON.stringify(tree, (key, value: unknown) =>
    key === "data" && typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : value,
  );
  return decoded;
}
