import { once } from "node:events";
import { PlatformDatabase } from "../platform/platform-database.ts";
import { servePlatform } from "../platform/serve-platform.ts";
import type { ScenarioFolder } from "../scenario-folder.ts";

/** Serves the mock platform and its page until Ctrl-C. */
export async function platform(
  folder: ScenarioFolder,
  { port, faults }: { readonly port: number; readonly faults: boolean },
): Promise<void> {
  const database = new PlatformDatabase(folder.platform);
  try {
    if (database.productCount() === 0)
      throw new Error(`${folder.platform} has no products. Run the command seed first.`);
    const served = await servePlatform(database, { port, faults }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      throw new Error(`Port ${port} is in use. Choose another with --port, or stop what listens there.`);
    });
    console.log(`The platform answers at ${served.url}  (its page is there too; Ctrl-C stops it)`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await served.close();
  } finally {
    database.close();
  }
}
