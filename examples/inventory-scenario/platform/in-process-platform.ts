import type { Platform } from "./platform.ts";
import type { PlatformDatabase } from "./platform-database.ts";

/** The platform without a server, for tests and for the first run: the same rules over the same file. */
export function inProcessPlatform(database: PlatformDatabase): Platform {
  return {
    replenish: async (order, delivery) => database.replenish(order, delivery),
    hold: async (holdback, delivery) => database.hold(holdback, delivery),
    find: async (key) => database.find(key),
    book: async (planId) => ({ effects: database.effects({ planId }), totals: database.totals() }),
    productCount: async () => database.productCount(),
  };
}
