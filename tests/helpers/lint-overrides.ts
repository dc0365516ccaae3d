import { DRIVER_OWNERS, IMPORT_TABLE, SANDBOXED } from "./import-table.ts";

interface Restriction {
  readonly regex: string;
  readonly message: string;
  readonly allowTypeImports?: true;
}

/** The part of .oxlintrc.json that repeats the import table, so that an editor shows a wrong import at once. */
export function lintOverrides(): readonly unknown[] {
  return Object.keys(IMPORT_TABLE).map((part) => ({
    files: [isFile(part) ? `src/${part}.ts` : `src/${part}/**`],
    rules: { "no-restricted-imports": ["error", { patterns: restrictions(part) }], ...globals(part) },
  }));
}

function restrictions(part: string): readonly Restriction[] {
  const allowed = IMPORT_TABLE[part] ?? [];
  const typeOnly = Object.keys(IMPORT_TABLE).filter((other) => allowed.includes(`${other}:type`));
  const denied = Object.keys(IMPORT_TABLE).filter(
    (other) => other !== part && !allowed.includes(other) && !typeOnly.includes(other),
  );
  const drivers = Object.keys(DRIVER_OWNERS).filter((name) => DRIVER_OWNERS[name]?.includes(part) === false);
  const message = `src/${part} may import: ${allowed.join(", ") || "nothing"} (ARCHITECTURE.md)`;
  return [
    ...denied.map((other) => ({ regex: specifiers(part, other), message })),
    ...typeOnly.map((other) => ({ regex: specifiers(part, other), message, allowTypeImports: true as const })),
    ...drivers.map((name) => ({ regex: `^${name}(/|$)`, message: `${name} belongs to ${ownersOf(name)}` })),
    ...(part in SANDBOXED ? [{ regex: "^node:", message: `src/${part} also runs in the workflow sandbox` }] : []),
  ];
}

function specifiers(part: string, other: string): string {
  const up = isFile(part) ? "\\./" : "(\\.\\./)+";
  return isFile(other) ? `^${up}${other}\\.ts$` : `^${up}${other}/`;
}

function globals(part: string): Readonly<Record<string, unknown>> {
  return part in SANDBOXED ? { "no-restricted-globals": ["error", "process", "Buffer", "fetch"] } : {};
}

function ownersOf(name: string): string {
  return (DRIVER_OWNERS[name] ?? []).map((owner) => `src/${owner}`).join(", ");
}

/** Parts that are single files directly in src/. */
function isFile(part: string): boolean {
  return ["index", "environment", "data-access"].includes(part);
}
