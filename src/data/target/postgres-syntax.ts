import { loadModule, parse } from "libpg-query";
import type { QueryRefusal } from "../port.ts";
import { derivedColumns } from "./postgres-derived-columns.ts";
import { readOnlyRefusal, refusal } from "./refusal.ts";

/** The names that a SELECT uses, gathered from its syntax tree. */
export interface PostgresNames {
  /** Function names with their schema, if written. */
  readonly functions: readonly (readonly string[])[];
  readonly operators: readonly (readonly string[])[];
  readonly types: readonly (readonly string[])[];
  readonly relations: readonly { readonly schema: string | null; readonly name: string }[];
  /** Field names of `a.b`, which may call a function b; those that are certainly columns of a subquery are left out. */
  readonly fields: readonly string[];
  /** Field names of `(a).b`, which may too. */
  readonly attributes: readonly string[];
  /** Names that `current_setting` is asked for; null for one that is computed. */
  readonly settings: readonly (string | null)[];
}

/** Parses one SELECT with the server's own grammar and gathers its names, or says why it is no such thing. */
export async function readPostgresNames(sql: string): Promise<PostgresNames | QueryRefusal> {
  await loadModule();
  let tree: unknown;
  try {
    tree = await parse(sql);
  } catch (error) {
    return refusal(
      "syntax",
      error instanceof Error ? error.message : "syntax error",
      "Correct the statement for PostgreSQL.",
    );
  }
  const statements = listAt(tree, "stmts");
  if (statements.length > 1) return readOnlyRefusal("a second statement");
  const found = new NameFinder(derivedColumns(statements[0]));
  found.visit(statements[0]);
  return found.refused ?? found;
}

class NameFinder implements PostgresNames {
  readonly functions: (readonly string[])[] = [];
  readonly operators: (readonly string[])[] = [];
  readonly types: (readonly string[])[] = [];
  readonly relations: { readonly schema: string | null; readonly name: string }[] = [];
  readonly fields: string[] = [];
  readonly attributes: string[] = [];
  readonly settings: (string | null)[] = [];
  refused: QueryRefusal | undefined;
  readonly #derived: ReadonlySet<object>;

  constructor(derived: ReadonlySet<object>) {
    this.#derived = derived;
  }

  visit(node: unknown): void {
    if (typeof node !== "object" || node === null || this.refused !== undefined) return;
    if (Array.isArray(node)) {
      for (const item of node) this.visit(item);
      return;
    }
    this.#look(node);
    for (const [key, below] of Object.entries(node)) {
      if (key.endsWith("Stmt") && key !== "SelectStmt") this.#refuse(key.slice(0, -"Stmt".length).toUpperCase());
      else if (key === "lockingClause") this.#refuse("SELECT … FOR UPDATE or SHARE, which locks rows");
      else if (key === "intoClause") this.#refuse("SELECT INTO");
      else if (key === "CurrentOfExpr") this.#refuse("WHERE CURRENT OF");
      this.visit(below);
    }
  }

  /** By the fields of a node rather than by its type, because types are left out where only one is possible. */
  #look(node: object): void {
    const functionName = names(listAt(node, "funcname"));
    if (functionName.length > 0) {
      this.functions.push(functionName);
      if (functionName.at(-1) === "current_setting") this.settings.push(textOf(listAt(node, "args")[0]));
    }
    for (const key of ["operName", "useOp"]) this.#operator(names(listAt(node, key)));
    if (String(Reflect.get(node, "kind")).startsWith("AEXPR")) this.#operator(names(listAt(node, "name")));
    if (Reflect.has(node, "names") && Reflect.has(node, "typemod")) this.types.push(names(listAt(node, "names")));
    const method = names(listAt(node, "method"));
    if (method.length > 0) this.functions.push(["pg_catalog", `tablesample ${method.join(".")}`]);
    const relation = Reflect.get(node, "relname") as unknown;
    const schema = Reflect.get(node, "schemaname") as unknown;
    if (typeof relation === "string")
      this.relations.push({ schema: typeof schema === "string" ? schema : null, name: relation });
    if (!this.#derived.has(node)) this.fields.push(...names(listAt(node, "fields")).slice(1));
    this.attributes.push(...names(listAt(node, "indirection")));
  }

  #operator(name: readonly string[]): void {
    if (name.length > 0) this.operators.push(name);
  }

  #refuse(what: string): void {
    this.refused ??= readOnlyRefusal(what);
  }
}

function listAt(node: unknown, key: string): readonly unknown[] {
  const value: unknown = typeof node === "object" && node !== null ? Reflect.get(node, key) : undefined;
  return Array.isArray(value) ? value : [];
}

/** The texts of a list of String nodes; others, such as the star of `a.*`, have none. */
function names(nodes: readonly unknown[]): readonly string[] {
  return nodes.flatMap((node) => {
    const text = fieldOf(fieldOf(node, "String"), "sval");
    return typeof text === "string" ? [text] : [];
  });
}

function textOf(node: unknown): string | null {
  const text = fieldOf(fieldOf(fieldOf(node, "A_Const"), "sval"), "sval");
  return typeof text === "string" ? text : null;
}

function fieldOf(node: unknown, key: string): unknown {
  return typeof node === "object" && node !== null ? Reflect.get(node, key) : undefined;
}
