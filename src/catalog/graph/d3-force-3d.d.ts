/** The part of the library that the layout uses; it ships no types. */
declare module "d3-force-3d" {
  export interface SimulationNode {
    readonly id: string;
    x?: number;
    y?: number;
    z?: number;
  }

  export interface Force<Self> {
    strength(value: number | ((item: never) => number)): Self;
  }

  export interface LinkForce extends Force<LinkForce> {
    id(of: (node: SimulationNode) => string): LinkForce;
    distance(value: (link: never) => number): LinkForce;
  }

  export interface ManyBodyForce extends Force<ManyBodyForce> {
    distanceMax(value: number): ManyBodyForce;
    theta(value: number): ManyBodyForce;
  }

  export interface AxisForce extends Force<AxisForce> {}

  export interface Simulation {
    force(name: string, force: LinkForce | ManyBodyForce | AxisForce): Simulation;
    alphaDecay(value: number): Simulation;
    stop(): Simulation;
    tick(count?: number): Simulation;
  }

  export function forceSimulation(nodes: SimulationNode[], dimensions: number): Simulation;
  export function forceLink(links: object[]): LinkForce;
  export function forceManyBody(): ManyBodyForce;
  export function forceX(): AxisForce;
  export function forceY(): AxisForce;
  export function forceZ(): AxisForce;
}
