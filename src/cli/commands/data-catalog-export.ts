import type { WholeCatalog } from "../../catalog/read-whole-catalog.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { countOf } from "../output/count-of.ts";
import { OUTPUT_FILE } from "../output/write-output-file.ts";
import { DATA_SCOPE_SETTINGS } from "../settings/settings.ts";

/** `bridle data catalog export`: every entry with its relations, in the form of an inline catalog. */
export const DATA_CATALOG_EXPORT: CommandSpec = {
  name: "data catalog export",
  summary: "write every entry and relation as JSON that can be used as an inline catalog",
  settings: [...DATA_SCOPE_SETTINGS, OUTPUT_FILE],
  examples: [
    "bridle --data-environment data.json data catalog export --output-file catalog.json",
    "bridle --data-environment data.json --output ndjson data catalog export",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const { output } = call;
  const [{ unlessStopped, withData }, { readWholeCatalog }, { exportCatalog }, { writeOutputFile }] = await Promise.all(
    [
      import("../open/open-data.ts"),
      import("../../catalog/read-whole-catalog.ts"),
      import("../../catalog/export-catalog.ts"),
      import("../output/write-output-file.ts"),
    ],
  );
  return await withData(call, async (data) => {
    const { signal } = data.stop;
    const read = async (): Promise<WholeCatalog> => await readWholeCatalog(await data.catalog("read"), signal);
    const exported = exportCatalog(await unlessStopped(data, read()));
    const count = exported.entries.length;
    const name = valueOf(call, OUTPUT_FILE);
    if (name !== undefined) {
      const file = await writeOutputFile(
        { folder: call.folder, name, signal },
        `${JSON.stringify(exported, null, 2)}\n`,
      );
      output.result(
        { file: file.path, bytes: file.bytes, entries: count },
        `${file.path}: ${countOf(count, "entry", "entries")}`,
      );
      return EXIT.ok;
    }
    for (const entry of exported.entries) output.item(entry);
    output.result(
      output.mode === "ndjson" ? { kind: exported.kind, entries: count } : { ...exported },
      JSON.stringify(exported, null, 2),
    );
    return EXIT.ok;
  });
}
