import type { DataEnvironment } from "../data/data-environment.ts";
import { readDataEnvironment } from "../data/read-data-environment.ts";
import { processEnvironment } from "../environment.ts";
import { SpecError } from "../protocol/errors.ts";
import type { RuntimeSpec } from "../specs/runtime-spec.ts";
import { CATALOG_TOOLKIT } from "../specs/tools/catalog-toolkit.ts";
import type { RuntimeOptions } from "./options.ts";

/** Reads the data environment of a runtime; fails when an agent has the catalog toolkit and nothing says where its index is. */
export function boundEnvironment(
  spec: RuntimeSpec,
  { dataEnvironment: given, folder = process.cwd() }: Pick<RuntimeOptions, "dataEnvironment" | "folder">,
): DataEnvironment | undefined {
  const environment =
    given === undefined
      ? undefined
      : readDataEnvironment(given, {
          env: processEnvironment(),
          folder,
          tenantId: spec.manifest.tenant.id,
        });
  const agent = spec.agents.find(({ toolkits }) => toolkits.includes(CATALOG_TOOLKIT));
  if (agent === undefined || (environment !== undefined && environment.catalogSearch !== null)) return environment;
  const where = environment === undefined ? "createRuntime() got no dataEnvironment" : `${environment.source} lacks it`;
  throw new SpecError(
    "CATALOG_SEARCH_MISSING",
    `createRuntime(): agent "${agent.name}" has the toolkit "catalog", which needs catalog_search in the data environment; ${where}.`,
    { hint: 'Pass dataEnvironment with catalog_search: {index_path: "catalog-search.db"}.' },
  );
}
