/** A schema nobody here designed, with a few rows, in words that both engines take. */
export interface SampleSchema {
  readonly name: string;
  readonly tables: readonly SampleTable[];
  readonly views: readonly string[];
}

/** One table of it. */
export interface SampleTable {
  readonly name: string;
  /** Column name and type. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly (readonly [column: string, table: string, target: string])[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** How the schema is made. */
export interface SchemaSetup {
  /** The schema that holds the tables, where the engine has schemas. */
  readonly schema?: string;
  /** Without the foreign keys they have to be found. */
  readonly hasForeignKeys: boolean;
}

/** The statements that make the schema and fill it. */
export function sampleStatements(sample: SampleSchema, { schema, hasForeignKeys }: SchemaSetup): readonly string[] {
  const at = (table: string): string => (schema === undefined ? quote(table) : `${quote(schema)}.${quote(table)}`);
  const tables = sample.tables.map(({ name, columns, primaryKey, foreignKeys }) => {
    const parts = [
      ...columns.map(([column, type]) => `${quote(column)} ${type}${primaryKey.includes(column) ? " NOT NULL" : ""}`),
      `PRIMARY KEY (${primaryKey.map(quote).join(", ")})`,
      ...(hasForeignKeys
        ? foreignKeys.map(
            ([column, to, target]) => `FOREIGN KEY (${quote(column)}) REFERENCES ${at(to)} (${quote(target)})`,
          )
        : []),
    ];
    return `CREATE TABLE ${at(name)} (${parts.join(", ")})`;
  });
  const rows = sample.tables.map(
    ({ name, rows: given }) =>
      `INSERT INTO ${at(name)} VALUES ${given.map((row) => `(${row.map(literal).join(", ")})`).join(", ")}`,
  );
  return [...tables, ...rows, ...sample.views];
}

/** Every foreign key of the schema, as `table.column -> table.column`. */
export function sampleReferences({ tables }: SampleSchema): ReadonlySet<string> {
  return new Set(
    tables.flatMap(({ name, foreignKeys }) =>
      foreignKeys.map(([column, to, target]) => `${name}.${column} -> ${to}.${target}`),
    ),
  );
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(value: string | number | null): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
