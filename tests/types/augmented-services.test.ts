import { expectTypeOf, test } from "vitest";
import type { BridleServices, Services } from "../../src/index.ts";

interface Warehouse {
  query(sql: string): Promise<readonly object[]>;
}

/** What an app's augmentation of BridleServices amounts to; a real one here would reach every file of this program. */
interface AugmentedServices extends BridleServices {
  readonly warehouse: Warehouse;
}

test("a declared service has its type beside the undeclared ones", () => {
  expectTypeOf<(Services & AugmentedServices)["warehouse"]>().toEqualTypeOf<Warehouse>();
  expectTypeOf<(Services & AugmentedServices)["other"]>().toBeUnknown();
});
