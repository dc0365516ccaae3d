/**
 * The names `a.b` of a statement whose `a` is certainly a subquery or a CTE with a column `b`. The server looks for a function only
 * where there is no such column, so these may be called like any function. What is not certain is left out.
 */
export function derivedColumns(statement: unknown): ReadonlySet<object> {
  const finder = new DerivedColumns();
  finder.visit(statement, { ctes: new Map(), scopes: [] });
  return finder.found;
}

/** The columns that a name stands for; null for a table, whose columns are not known here. */
type Columns = ReadonlySet<string> | null;
type Scope = Map<string, Columns>;

/** What a name may mean at some place: the CTEs, and the names of each FROM around it from the inside out. */
interface Place {
  readonly ctes: ReadonlyMap<string, Columns>;
  readonly scopes: readonly Scope[];
}

class DerivedColumns {
  readonly found = new Set<object>();

  visit(node: unknown, place: Place): void {
    if (typeof node !== "object" || node === null) return;
    for (const [key, below] of Object.entries(node)) {
      if (key === "SelectStmt") this.#select(below, place);
      else if (key === "ColumnRef") this.#resolve(below, place);
      else this.visit(below, place);
    }
  }

  #select(select: unknown, { ctes: outer, scopes }: Place): void {
    const ctes = this.#with(fieldOf(select, "withClause"), { ctes: outer, scopes });
    const [left, right] = [fieldOf(select, "larg"), fieldOf(select, "rarg")];
    if (left !== undefined && right !== undefined) {
      for (const branch of [left, right]) this.#select(branch, { ctes, scopes });
      return;
    }
    const scope: Scope = new Map();
    for (const item of listAt(select, "fromClause")) this.#from(item, { ctes, scopes }, scope);
    for (const [key, below] of Object.entries(select ?? {}))
      if (key !== "withClause" && key !== "fromClause") this.visit(below, { ctes, scopes: [scope, ...scopes] });
  }

  /** Each CTE sees those before it, and all of them when they are recursive. */
  #with(clause: unknown, { ctes: outer, scopes }: Place): ReadonlyMap<string, Columns> {
    const ctes = new Map(outer);
    const own = listAt(clause, "ctes").map((item) => fieldOf(item, "CommonTableExpr"));
    const add = (cte: unknown): void => {
      const query = fieldOf(fieldOf(cte, "ctequery"), "SelectStmt");
      ctes.set(
        String(fieldOf(cte, "ctename")),
        query === undefined ? null : outputs(query, texts(listAt(cte, "aliascolnames"))),
      );
    };
    if (fieldOf(clause, "recursive") === true) own.forEach(add);
    for (const cte of own) {
      this.visit(fieldOf(cte, "ctequery"), { ctes: new Map(ctes), scopes });
      add(cte);
    }
    return ctes;
  }

  #from(item: unknown, place: Place, scope: Scope): void {
    const [kind = "", node] = Object.entries(item ?? {})[0] ?? [];
    const alias = fieldOf(node, "alias");
    const name = fieldOf(alias, "aliasname");
    const renamed = texts(listAt(alias, "colnames"));
    if (kind === "RangeVar") {
      const relation = String(fieldOf(node, "relname"));
      const cte = fieldOf(node, "schemaname") === undefined ? (place.ctes.get(relation) ?? null) : null;
      addName(scope, name ?? relation, cte === null || renamed.length === 0 ? cte : new Set(renamed));
    } else if (kind === "RangeSubselect") {
      // What a lateral one sees of its neighbours is the server's to say.
      const seen = fieldOf(node, "lateral") === true ? { ...place, scopes: [] } : place;
      this.visit(fieldOf(node, "subquery"), seen);
      if (name !== undefined) addName(scope, name, outputs(fieldOf(fieldOf(node, "subquery"), "SelectStmt"), renamed));
    } else if (kind === "JoinExpr") this.#join(node, place, scope);
    else {
      this.visit(node, { ...place, scopes: [] });
      addName(scope, name ?? ANY, null);
    }
  }

  #join(join: unknown, place: Place, scope: Scope): void {
    const own: Scope = new Map();
    for (const side of ["larg", "rarg"]) this.#from(fieldOf(join, side), place, own);
    this.visit(fieldOf(join, "quals"), { ...place, scopes: [own, ...place.scopes] });
    const hasName = fieldOf(join, "alias") !== undefined || fieldOf(join, "join_using_alias") !== undefined;
    for (const [name, columns] of own) addName(scope, name, hasName ? null : columns);
    if (hasName) addName(scope, ANY, null);
  }

  #resolve(ref: unknown, { scopes }: Place): void {
    const fields = listAt(ref, "fields");
    const [name, column] = texts(fields);
    if (fields.length !== 2 || name === undefined || column === undefined) return;
    const scope = scopes.find((one) => one.has(name) || one.has(ANY));
    const isKnown = scope?.has(ANY) === false && scope.get(name)?.has(column) === true;
    if (isKnown && typeof ref === "object" && ref !== null) this.found.add(ref);
  }
}

/** Stands for a FROM item whose name is not known. No identifier is empty. */
const ANY = "";

/** A name that stands twice says nothing. */
function addName(scope: Scope, name: unknown, columns: Columns): void {
  scope.set(String(name), scope.has(String(name)) ? null : columns);
}

/** The columns of a query that are certain: those with a name, and plain columns under their own. */
function outputs(query: unknown, renamed: readonly string[]): ReadonlySet<string> {
  const left = fieldOf(query, "larg");
  if (left !== undefined) return outputs(left, renamed);
  const targets = listAt(query, "targetList").map((target) => {
    const result = fieldOf(target, "ResTarget");
    const fields = listAt(fieldOf(fieldOf(result, "val"), "ColumnRef"), "fields");
    const isStar = fieldOf(fields.at(-1), "A_Star") !== undefined;
    return { name: fieldOf(result, "name") ?? (isStar ? undefined : texts(fields).at(-1)), isStar };
  });
  // Behind a star nobody can count which columns get another name.
  const kept = renamed.length > 0 && targets.some(({ isStar }) => isStar) ? [] : targets.slice(renamed.length);
  return new Set([...renamed, ...kept.flatMap(({ name }) => (typeof name === "string" ? [name] : []))]);
}

function listAt(node: unknown, key: string): readonly unknown[] {
  const value = fieldOf(node, key);
  return Array.isArray(value) ? value : [];
}

function texts(nodes: readonly unknown[]): readonly string[] {
  return nodes.flatMap((node) => {
    const text = fieldOf(fieldOf(node, "String"), "sval");
    return typeof text === "string" ? [text] : [];
  });
}

function fieldOf(node: unknown, key: string): unknown {
  return typeof node === "object" && node !== null ? (Reflect.get(node, key) as unknown) : undefined;
}
