import { expect, test } from "vitest";
import { refuseOldNode } from "../../../../src/state/sqlite/open-sqlite.ts";

test.each([undefined, "8", "9"])("a Node that the driver would crash (Node-API %s) is refused in words", (nodeApi) => {
  expect(() => refuseOldNode(nodeApi)).toThrow(/Node-API 10/);
});

test.each(["10", "11"])("a Node with Node-API %s is fine", (nodeApi) => {
  expect(() => refuseOldNode(nodeApi)).not.toThrow();
});
