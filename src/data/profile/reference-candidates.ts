import { tableKey, type ColumnDescription, type TableDescription } from "./description.ts";
import { nameWords, tableWords } from "./name-words.ts";
import { kindOfType } from "./value-kind.ts";

/** A column that may refer to another table's key, as far as names and types tell. */
export interface ReferenceCandidate {
  readonly from: TableDescription;
  readonly column: string;
  readonly to: TableDescription;
  readonly toColumn: string;
  /** How well the names fit, from 0 to 1. */
  readonly nameScore: number;
}

/** Names must fit at least this well: below it more candidates are wrong than right. */
const REFERENCE_NAME_SCORE = 0.7;

/** The best target of every column that looks like an undeclared reference, best first. */
export function referenceCandidates(tables: readonly TableDescription[]): readonly ReferenceCandidate[] {
  const targets = tables.filter(({ relationType }) => relationType !== "view").map(targetOf);
  const sharedKeys = countKeys(targets);
  return tables
    .filter(({ relationType }) => relationType !== "view" && relationType !== "materialized_view")
    .flatMap((from) => candidatesOf(from, targets, sharedKeys))
    .toSorted((a, b) => b.nameScore - a.nameScore);
}

interface Target {
  readonly table: TableDescription;
  readonly words: readonly string[];
  readonly joined: string;
  readonly keys: readonly ColumnDescription[];
}

/** The keys a table can be referred to by: its primary key, or what looks like one. */
function targetOf(table: TableDescription): Target {
  const words = tableWords(table.name);
  const joined = words.join("");
  const singles = [table.primaryKey, ...table.uniques].filter(({ length }) => length === 1).flat();
  const names = singles.length > 0 ? [...new Set(singles)] : guessedKey(table, joined);
  const keys = table.columns.filter(({ name }) => names.includes(name));
  return { table, words, joined, keys };
}

function guessedKey(table: TableDescription, joined: string): readonly string[] {
  if (table.primaryKey.length > 0) return [];
  const fits = ({ name }: ColumnDescription): boolean => {
    const key = nameWords(name).join("");
    return key === "id" || KEY_WORDS.some((word) => key === joined + word);
  };
  const found = table.columns.find(fits);
  return found === undefined ? [] : [found.name];
}

const KEY_WORDS = ["id", "key", "code", "no", "nr", "number", "num", "pk", "uid", "uuid", "guid", "fk", "sk"];
const GENERIC: ReadonlySet<string> = new Set([
  ...KEY_WORDS,
  "name",
  "title",
  "type",
  "date",
  "year",
  "value",
  "description",
]);

/** How many tables have a key of this name: a name that many share points at none of them. */
function countKeys(targets: readonly Target[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { keys } of targets) {
    for (const { name } of keys) {
      const key = nameWords(name).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

function candidatesOf(
  from: TableDescription,
  targets: readonly Target[],
  sharedKeys: ReadonlyMap<string, number>,
): readonly ReferenceCandidate[] {
  const declared = new Set(from.foreignKeys.flatMap(({ columns }) => columns));
  return from.columns.flatMap((column) => {
    if (declared.has(column.name) || column.isGenerated) return [];
    const scored = targets
      .flatMap((target) =>
        target.keys.map((key) => ({ target, key, score: score({ from, column }, { target, key }, sharedKeys) })),
      )
      .filter(({ score: value }) => value >= REFERENCE_NAME_SCORE)
      .toSorted(
        (a, b) => b.score - a.score || (tableKey("", a.target.table.name) < tableKey("", b.target.table.name) ? -1 : 1),
      );
    const best = scored[0];
    if (best === undefined) return [];
    const { target, key, score: nameScore } = best;
    return [{ from, column: column.name, to: target.table, toColumn: key.name, nameScore }];
  });
}

interface Source {
  readonly from: TableDescription;
  readonly column: ColumnDescription;
}

interface Goal {
  readonly target: Target;
  readonly key: ColumnDescription;
}

function score({ from, column }: Source, { target, key }: Goal, sharedKeys: ReadonlyMap<string, number>): number {
  const isOwn = tableKey(from.schema, from.name) === tableKey(target.table.schema, target.table.name);
  if (isOwn && column.name === key.name) return 0;
  if (!fitTypes(column.dataType, key.dataType)) return 0;
  const words = nameWords(column.name);
  const joined = words.join("");
  const keyName = nameWords(key.name).join("");
  const isSoleKey = from.primaryKey.length === 1 && from.primaryKey[0] === column.name;
  const penalty = (isSoleKey ? 0.25 : 0) + (from.schema === target.table.schema ? 0 : 0.1);
  return nameScore({ words, joined, keyName, target, isOwn, shared: sharedKeys.get(keyName) ?? 1 }) - penalty;
}

interface Names {
  readonly words: readonly string[];
  readonly joined: string;
  readonly keyName: string;
  readonly target: Target;
  readonly isOwn: boolean;
  readonly shared: number;
}

function nameScore({ words, joined, keyName, target, isOwn, shared }: Names): number {
  const suffix = words.at(-1) ?? "";
  const hasKeySuffix = words.length > 1 && KEY_WORDS.includes(suffix);
  const stem = hasKeySuffix ? words.slice(0, -1) : words;
  const isGenericKey = GENERIC.has(keyName);
  if (isOwn) return isOwnParent(joined, target) ? 0.75 : 0;
  const isSameKey = joined === keyName && !isGenericKey;
  const names = stem.join("") === target.joined;
  if (isSameKey)
    return names ? 1 : target.joined.length > 2 && joined.startsWith(target.joined) ? 0.95 : shared === 1 ? 0.85 : 0.5;
  if (names && hasKeySuffix && (isGenericKey || keyName === joined || keyName === target.joined + suffix)) return 0.98;
  if (names && hasKeySuffix) return 0.75;
  if (names && !isGenericKey && keyName === `${target.joined}id`) return 0.78;
  if (names && isGenericKey && keyName !== "name") return 0.78;
  // `billing_address_id`, `home_team_id`: a role before the name of the table or of its key.
  const tail = hasKeySuffix ? stem.slice(-target.words.length).join("") : "";
  if (tail === target.joined && stem.length > target.words.length && (isGenericKey || keyName.startsWith(tail)))
    return 0.85;
  if (!isGenericKey && keyName.length > 4 && joined.endsWith(keyName) && joined !== keyName && shared === 1) return 0.8;
  return 0;
}

/** A tree names its parent; that an employee has a manager needs a table of employees. */
function isOwnParent(column: string, { words }: Target): boolean {
  if (/^(?:parent|predecessor|root)(?:id|key|code|no)$/.test(column)) return true;
  const hasPeople = words.some((word) => PEOPLE.has(word));
  return hasPeople && /^(?:reportsto|reportto|(?:manager|supervisor|boss)(?:id|key|code|no)?)$/.test(column);
}

const PEOPLE: ReadonlySet<string> = new Set(["employee", "staff", "person", "user", "worker", "member"]);

/** Names of SQLite types bind nothing, so a type that says nothing fits everything. */
function fitTypes(a: string, b: string): boolean {
  const [left, right] = [kindOfType(a), kindOfType(b)];
  return left === right || [a, b].some((type) => type === "any" || type === "");
}
