import { expect, test } from "vitest";
import { NodeCache } from "../../../../src/state/transcripts/node-cache.ts";
import { ACME, conversation } from "../../../helpers/state-records.ts";

const nodes = conversation(5);
const hashOf = (index: number): string => nodes[index]?.hash ?? expect.fail();

function filled(): NodeCache {
  const cache = new NodeCache(400);
  for (const node of nodes.slice(0, 4)) cache.set(ACME, node, 100);
  return cache;
}

test("when it is full, what was not used for longest goes", () => {
  const cache = filled();
  cache.get(ACME, hashOf(0));

  cache.set(ACME, nodes[4] ?? expect.fail(), 100);

  expect(nodes.map((node) => cache.get(ACME, node.hash) !== undefined)).toEqual([true, false, true, true, true]);
});

test("one large node does not push the others out", () => {
  const cache = filled();

  cache.set(ACME, nodes[4] ?? expect.fail(), 101);

  expect(nodes.map((node) => cache.get(ACME, node.hash) !== undefined)).toEqual([true, true, true, true, false]);
});

test("a node is known in its own scope only", () => {
  const cache = filled();

  expect(cache.get({ ...ACME, workspace: "other" }, hashOf(0))).toBeUndefined();
});
