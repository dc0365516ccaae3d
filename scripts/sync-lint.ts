/** Writes the import table into .oxlintrc.json: the overrides of src/ folders there are made, all else is kept. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { lintOverrides } from "../tests/helpers/lint-overrides.ts";

const Override = z.looseObject({ files: z.array(z.string()), rules: z.looseObject({}) });
const Config = z.looseObject({ overrides: z.array(Override) });

const file = join(import.meta.dirname, "..", ".oxlintrc.json");
const config = Config.parse(JSON.parse(readFileSync(file, "utf8")));
const written = config.overrides.filter(({ rules }) => !("no-restricted-imports" in rules));
writeFileSync(file, `${JSON.stringify({ ...config, overrides: [...written, ...lintOverrides()] }, null, 2)}\n`);
