import { PerspectiveCamera, Vector3 } from "three";
import { expect, test } from "vitest";
import { wholeDistance } from "../../../../../src/catalog/graph/page/whole-distance.ts";

test.each([0.4, 0.89, 1, 2.5])("a ball is seen as a whole in a window %s as wide as high", (aspect) => {
  const camera = new PerspectiveCamera(50, aspect, 1, 20_000);
  camera.position.set(0, 0, wholeDistance(camera, 100));
  camera.updateMatrixWorld();

  const edges = [new Vector3(100, 0, 0), new Vector3(0, 100, 0), new Vector3(-70, -70, 0)].map((edge) =>
    edge.project(camera),
  );

  for (const { x, y } of edges) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThan(0.95);
  expect(Math.max(...edges.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]))).toBeGreaterThan(0.8);
});
