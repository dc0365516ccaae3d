import { type PerspectiveCamera, Vector3 } from "three";
import type { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import type { GraphModel } from "./graph-model.ts";
import { wholeDistance } from "./whole-distance.ts";

/** Moves the camera of the picture with depth. */
export interface Pilot {
  /** Shows all of it at once, unless somebody moved already. */
  fit(): void;
  /** Goes on with a flight; false when there is none. */
  step(): boolean;
  visit(id: string): void;
  zoom(factor: number): void;
  turn(x: number, y: number): void;
  home(): void;
}

/** Moves the camera: at once where people asked for less motion, in a short flight otherwise. */
export function createPilot(camera: PerspectiveCamera, controls: OrbitControls, { graph, nodes }: GraphModel): Pilot {
  const { centre, radius } = extent(graph.nodes.map(({ at }) => at));
  const flight = createFlight(camera, controls);
  const { fly } = flight;
  let isMoved = false;
  controls.addEventListener("start", () => (isMoved = true));
  const home = (): void => {
    // From a little above and beside.
    const away = new Vector3(0.3, 0.5, 2.3).setLength(wholeDistance(camera, radius));
    fly(centre.clone().add(away), centre.clone());
  };
  const fit = (): void => {
    if (isMoved) return;
    home();
    flight.end();
  };
  fit();
  controls.maxDistance = radius * 12;
  return {
    step: () => flight.step(),
    fit,
    home: () => {
      home();
      isMoved = false;
    },
    visit: (id) => {
      const node = nodes.get(id);
      if (node === undefined) return;
      isMoved = true;
      const aim = new Vector3(...node.at);
      const away = camera.position
        .clone()
        .sub(controls.target)
        .setLength(Math.min(340, radius * 1.6));
      fly(aim.clone().add(away), aim);
    },
    zoom: (factor) => {
      isMoved = true;
      const away = camera.position.clone().sub(controls.target).divideScalar(factor);
      fly(controls.target.clone().add(away), controls.target.clone());
    },
    turn: (x, y) => {
      isMoved = true;
      const away = camera.position.clone().sub(controls.target);
      const side = new Vector3().crossVectors(camera.up, away).normalize();
      away.applyAxisAngle(camera.up, -x * 3).applyAxisAngle(side, -y * 2);
      fly(controls.target.clone().add(away), controls.target.clone());
    },
  };
}

interface Flight {
  readonly fly: (to: Vector3, aim: Vector3) => void;
  /** Goes on; false when there is none. */
  step(): boolean;
  /** Puts the camera where it would have ended. */
  end(): void;
}

/** One flight at a time; a new one begins where the camera is. */
function createFlight(camera: PerspectiveCamera, controls: OrbitControls): Flight {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let course: { readonly started: number; readonly from: Vector3; readonly to: Vector3 } | undefined;
  let aims = { from: new Vector3(), to: new Vector3() };
  const step = (): boolean => {
    if (course === undefined) return false;
    const share = isCalm ? 1 : Math.min(1, (performance.now() - course.started) / FLIGHT_MS);
    const eased = 1 - (1 - share) ** 3;
    camera.position.lerpVectors(course.from, course.to, eased);
    controls.target.lerpVectors(aims.from, aims.to, eased);
    if (share === 1) course = undefined;
    return true;
  };
  return {
    fly: (to, aim) => {
      course = { started: performance.now(), from: camera.position.clone(), to };
      aims = { from: controls.target.clone(), to: aim };
    },
    step,
    end: () => {
      if (course !== undefined) course = { ...course, started: -Infinity };
      step();
    },
  };
}

const FLIGHT_MS = 500;
/** Nine of ten nodes are within the radius: a few far ones must not make the rest small. */
function extent(places: readonly (readonly [number, number, number])[]): {
  readonly centre: Vector3;
  readonly radius: number;
} {
  const centre = new Vector3();
  for (const at of places) centre.add(new Vector3(...at).divideScalar(places.length));
  const distances = places.map((at) => new Vector3(...at).distanceTo(centre)).sort((a, b) => a - b);
  return { centre, radius: Math.max(60, distances[Math.floor(distances.length * 0.97)] ?? 0) };
}
