/** The SQL that makes a login which can only read one schema; the password is left to whoever runs it. */
export function readOnlyRoleSql({ database, schema }: { readonly database: string; readonly schema: string }): string {
  const [db, inSchema] = [database, schema].map((name) => `"${name.replaceAll('"', '""')}"`);
  return [
    "CREATE ROLE bridle_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT",
    "  CONNECTION LIMIT 20 PASSWORD '…';",
    "ALTER ROLE bridle_reader SET default_transaction_read_only = on;",
    "ALTER ROLE bridle_reader SET temp_file_limit = '1GB';",
    `REVOKE TEMPORARY ON DATABASE ${db} FROM PUBLIC;`,
    `GRANT CONNECT ON DATABASE ${db} TO bridle_reader;`,
    `GRANT USAGE ON SCHEMA ${inSchema} TO bridle_reader;`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${inSchema} TO bridle_reader;`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${inSchema} GRANT SELECT ON TABLES TO bridle_reader;`,
  ].join("\n");
}
