import {
  BoxGeometry,
  type BufferGeometry,
  Color,
  CylinderGeometry,
  DodecahedronGeometry,
  InstancedMesh,
  Matrix4,
  MeshLambertMaterial,
  type Object3D,
  OctahedronGeometry,
  SphereGeometry,
  TetrahedronGeometry,
} from "three";
import type { GraphKind, GraphNode } from "../graph-document.ts";
import type { GraphModel } from "./graph-model.ts";
import { KINDS } from "./kinds.ts";

/** The bodies of all nodes: one mesh for each kind, so that thousands cost a few calls. */
export interface Shapes {
  readonly meshes: readonly InstancedMesh[];
  idAt(object: Object3D, instance: number | undefined): string | undefined;
  /** Makes the chosen entry larger and everything that is not near it pale. */
  mark(id: string | undefined): void;
}

/** Builds a body for every node at its place. */
export function createShapes(model: GraphModel): Shapes {
  const byKind = Map.groupBy(model.graph.nodes, ({ kind }) => kind);
  const groups = [...byKind].map(([kind, nodes]) => ({ kind, nodes, mesh: createMesh(kind, nodes) }));
  return {
    meshes: groups.map(({ mesh }) => mesh),
    idAt: (object, instance) => groups.find(({ mesh }) => mesh === object)?.nodes[instance ?? -1]?.id,
    mark: (id) => {
      const near = new Set(id === undefined ? [] : [id, ...model.edgesOf(id).flatMap(({ from, to }) => [from, to])]);
      const parent = id === undefined ? undefined : model.nodes.get(id)?.parent;
      if (parent !== undefined && parent !== null) near.add(parent);
      const pale = new Color(document.documentElement.dataset["theme"] === "dark" ? 0x2a323d : 0xd5dbe3);
      for (const { kind, nodes, mesh } of groups) {
        const full = new Color(KINDS[kind].colour);
        for (const [index, node] of nodes.entries()) {
          mesh.setMatrixAt(index, matrixOf(node, node.id === id ? 1.7 : 1));
          const isPale = id !== undefined && !near.has(node.id) && node.parent !== id;
          mesh.setColorAt(index, isPale ? pale : full);
        }
        mesh.instanceMatrix.needsUpdate = true;
        if (mesh.instanceColor !== null) mesh.instanceColor.needsUpdate = true;
      }
    },
  };
}

function createMesh(kind: GraphKind, nodes: readonly GraphNode[]): InstancedMesh {
  const mesh = new InstancedMesh(geometryOf(kind), new MeshLambertMaterial({ flatShading: true }), nodes.length);
  for (const [index, node] of nodes.entries()) mesh.setMatrixAt(index, matrixOf(node, 1));
  mesh.frustumCulled = false;
  return mesh;
}

function matrixOf({ at }: GraphNode, scale: number): Matrix4 {
  return new Matrix4().makeScale(scale, scale, scale).setPosition(...at);
}

function geometryOf(kind: GraphKind): BufferGeometry {
  const { size } = KINDS[kind];
  switch (kind) {
    case "database":
      return new DodecahedronGeometry(size);
    case "schema":
      return new OctahedronGeometry(size * 1.1);
    case "table":
      return new BoxGeometry(size * 1.8, size * 1.5, size * 1.2);
    case "view":
      return new CylinderGeometry(size, size, size * 1.3, 6);
    case "document":
      return new BoxGeometry(size * 1.3, size * 1.9, size * 0.4);
    case "knowledge":
      return new TetrahedronGeometry(size * 1.3);
    case "metric":
      return new SphereGeometry(size, 20, 14);
    case "column":
      return new SphereGeometry(size, 8, 6);
  }
}
