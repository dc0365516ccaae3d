import { type DescriptorIssue, describeReceived, unknownKey, wrongKey } from "./data-environment-issue.ts";

/** A descriptor whose keys are spelled in one way, and how its author spelled them. */
export interface CanonicalDescriptor {
  readonly value: unknown;
  readonly issues: readonly DescriptorIssue[];
  /** The path of a key as it stands in the descriptor. */
  spelled(path: readonly PropertyKey[]): readonly PropertyKey[];
}

/** Brings every key to the spelling of files, snake_case, and finds the keys that are unknown or there twice. */
export function canonicalDescriptor(value: unknown): CanonicalDescriptor {
  const issues: DescriptorIssue[] = [];
  const spelling = new Map<string, string>();
  const walked = walk(value, ROOT, { canonical: [], spelled: [], issues, spelling });
  return {
    value: walked,
    issues,
    spelled: (path) =>
      path.map((key, index) =>
        typeof key === "number" ? key : (spelling.get(pathId(path.slice(0, index + 1))) ?? key),
      ),
  };
}

/** What may stand at a place: a value that is left alone, an object with these keys, or a list of such objects. */
type KeyTree = { readonly keys: Readonly<Record<string, KeyTree | null>>; readonly isList?: true };

const STORE: KeyTree = { keys: { kind: null, url: null, url_env: null, ensure_schema: null } };
const ENTRY: KeyTree = {
  keys: {
    id: null,
    itemType: null,
    name: null,
    qualified_name: null,
    content: null,
    tags: null,
    related: null,
    metadata: null,
  },
  isList: true,
};
const ROOT: KeyTree = {
  keys: {
    tenant_id: null,
    workspace_id: null,
    kv: STORE,
    target_database: { keys: { kind: null, url: null, url_env: null, schema: null } },
    target_database_url: null,
    target_database_schema: null,
    catalog: { keys: { ...STORE.keys, entries: ENTRY } },
    catalog_search: { keys: { index_path: null, rebuild_on_start: null, write_through: null } },
  },
};

interface Walk {
  readonly canonical: readonly PropertyKey[];
  readonly spelled: readonly PropertyKey[];
  readonly issues: DescriptorIssue[];
  readonly spelling: Map<string, string>;
}

function walk(value: unknown, tree: KeyTree, at: Walk): unknown {
  if (tree.isList === true && Array.isArray(value))
    return value.map((item: unknown, index) =>
      walk(item, { keys: tree.keys }, { ...at, canonical: [...at.canonical, index], spelled: [...at.spelled, index] }),
    );
  if (tree.isList === true || !isObject(value)) return value;
  const result = new Map<string, unknown>();
  for (const [key, below] of Object.entries(value)) {
    const spelled = [...at.spelled, key];
    const known = Object.keys(tree.keys).find((name) => name === key || otherSpelling(name) === key);
    if (known === undefined) {
      at.issues.push(unknownKey(spelled, Object.keys(tree.keys)));
      continue;
    }
    const canonical = [...at.canonical, known];
    const before = at.spelling.get(pathId(canonical));
    if (before !== undefined)
      at.issues.push(wrongKey(spelled, `left out, because ${before} is there too`, describeReceived(below)));
    at.spelling.set(pathId(canonical), key);
    const inner = tree.keys[known] ?? null;
    result.set(known, inner === null ? below : walk(below, inner, { ...at, canonical, spelled }));
  }
  return Object.fromEntries(result);
}

/** The other of the two spellings: `url_env` and `urlEnv`. */
function otherSpelling(name: string): string {
  return name.includes("_")
    ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function pathId(path: readonly PropertyKey[]): string {
  return JSON.stringify(path);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
