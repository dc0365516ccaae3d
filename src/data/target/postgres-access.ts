import type pg from "pg";
import type { TargetLocation } from "../data-environment.ts";
import { postgresRefusal } from "./postgres-errors.ts";
import { readOnlyRoleSql } from "./read-only-role.ts";
import type { TargetAccess, TargetAccessFinding } from "./target-access.ts";

/** Asks the server what its login may do. */
export async function postgresAccess(
  location: Extract<TargetLocation, { kind: "postgres" }>,
  use: (work: (client: pg.Client) => Promise<TargetAccess>) => Promise<TargetAccess>,
): Promise<TargetAccess> {
  try {
    return await use(async (client) => {
      await client.query("BEGIN TRANSACTION READ ONLY");
      const { rows } = await client.query(QUESTION, [location.schema]);
      await client.query("ROLLBACK");
      // The driver gives every value as text, by the columns of the question.
      return judge((rows as readonly Answer[])[0], location.schema);
    });
  } catch (error) {
    const { error: text } = postgresRefusal(error, 0);
    return {
      kind: "postgres",
      login: null,
      isReadOnly: false,
      findings: [{ code: "unavailable", text }],
      advice: null,
    };
  }
}

type Answer = Readonly<Record<"login" | "database" | "super" | "privileged" | "writable" | "creates", string>>;

function judge(answer: Answer | undefined, schema: string): TargetAccess {
  if (answer === undefined) throw new Error("the server did not answer who its login is");
  const { login } = answer;
  const findings: TargetAccessFinding[] = [];
  if (answer.super === "t") findings.push({ code: "superuser", text: `${login} is a superuser` });
  if (answer.privileged === "t")
    findings.push({
      code: "privileged",
      text: `${login} may create roles or databases, replicate, or reach the server's files`,
    });
  if (answer.writable !== "0")
    findings.push({ code: "writable", text: `${login} may change ${answer.writable} tables` });
  if (answer.creates === "t") findings.push({ code: "can_create", text: `${login} may create tables in a schema` });
  return {
    kind: "postgres",
    login,
    isReadOnly: findings.length === 0,
    findings,
    advice: readOnlyRoleSql({ database: answer.database, schema }),
  };
}

const QUESTION = `
SELECT current_user AS login, current_database() AS database, r.rolsuper AS super,
  (r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
    OR EXISTS (SELECT FROM pg_catalog.pg_roles g WHERE g.rolname IN ('pg_read_server_files', 'pg_write_server_files',
      'pg_execute_server_program', 'pg_write_all_data', 'pg_signal_backend', 'pg_checkpoint')
      AND pg_catalog.pg_has_role(current_user, g.oid, 'MEMBER'))) AS privileged,
  (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) AS writable,
  EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE (n.nspname NOT LIKE 'pg\\_%' OR n.nspname = $1)
    AND pg_catalog.has_schema_privilege(n.oid, 'CREATE')) AS creates
FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`;
