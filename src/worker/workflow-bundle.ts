import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StateError } from "../protocol/errors.ts";

/** The bundle of this package's workflows: the compiled modules lie beside it, and a checkout has it in its build folder. */
export function bundledWorkflows(): string {
  const candidates = ["../workflow-bundle.js", "../../dist/workflow-bundle.js"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new StateError("SPEC_MISSING", `The workflow bundle is missing: expected ${candidates[0]}.`, {
    hint: "Run `npm run build`.",
  });
}
