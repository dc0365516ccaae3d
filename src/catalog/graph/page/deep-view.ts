import {
  DirectionalLight,
  HemisphereLight,
  PerspectiveCamera,
  Raycaster,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { element } from "./element.ts";
import type { GraphModel } from "./graph-model.ts";
import { createLabels } from "./labels.ts";
import { createLines } from "./lines.ts";
import { createShapes } from "./shapes.ts";
import type { Selection } from "./selection.ts";
import type { View } from "./view.ts";
import { wholeDistance } from "./whole-distance.ts";

/** The picture with depth. It draws when something moved and rests otherwise. Fails where WebGL is missing. */
export function createDeepView(model: GraphModel, selection: Selection): View {
  const renderer = new WebGLRenderer({ antialias: true, alpha: true, powerPreference: "low-power" });
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  const scene = new Scene();
  scene.add(new HemisphereLight(0xffffff, 0x8899aa, 2.4));
  const sun = new DirectionalLight(0xffffff, 1.2);
  sun.position.set(1, 2, 3);
  scene.add(sun);
  const shapes = createShapes(model);
  const lines = createLines(model);
  scene.add(...shapes.meshes, ...lines.objects);
  const camera = new PerspectiveCamera(50, 1, 1, 20_000);
  const labels = createLabels(model, camera);
  const stage = element("div", { class: "deep", children: [renderer.domElement, labels.element] });
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.enableDamping = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pilot = createPilot(camera, controls, model);
  let frame = 0;
  const draw = (): void => {
    frame = 0;
    const isMoving = pilot.step() || controls.update();
    renderer.render(scene, camera);
    labels.place(renderer.domElement.clientWidth, renderer.domElement.clientHeight);
    if (isMoving) request();
  };
  const request = (): void => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };
  controls.addEventListener("change", request);
  const size = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = stage;
    renderer.setSize(width, height, false);
    camera.aspect = width / Math.max(1, height);
    camera.updateProjectionMatrix();
    pilot.fit();
    request();
  });
  size.observe(stage);
  const select = (id: string | undefined): void => {
    shapes.mark(id);
    lines.mark(id);
    labels.mark(id);
    if (id !== undefined) pilot.visit(id);
    request();
  };
  choosePicked(renderer.domElement, { camera, shapes, selection });
  select(selection.id);
  return {
    element: stage,
    select,
    zoom: (factor) => (pilot.zoom(factor), request()),
    turn: (x, y) => (pilot.turn(x, y), request()),
    home: () => (pilot.home(), request()),
    dispose: () => {
      size.disconnect();
      controls.dispose();
      renderer.dispose();
      stage.remove();
    },
  };
}

interface Picking {
  readonly camera: PerspectiveCamera;
  readonly shapes: ReturnType<typeof createShapes>;
  readonly selection: Selection;
}

/** A press that did not drag chooses what is under it. */
function choosePicked(canvas: HTMLCanvasElement, { camera, shapes, selection }: Picking): void {
  const ray = new Raycaster();
  let pressed = { x: 0, y: 0 };
  canvas.addEventListener("pointerdown", ({ clientX: x, clientY: y }) => (pressed = { x, y }));
  canvas.addEventListener("pointerup", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - pressed.x, clientY - pressed.y) > 4) return;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const point = new Vector2(((clientX - left) / width) * 2 - 1, 1 - ((clientY - top) / height) * 2);
    ray.setFromCamera(point, camera);
    const [hit] = ray.intersectObjects([...shapes.meshes], false);
    selection.choose(hit === undefined ? undefined : shapes.idAt(hit.object, hit.instanceId));
  });
}

interface Pilot {
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
function createPilot(camera: PerspectiveCamera, controls: OrbitControls, { graph, nodes }: GraphModel): Pilot {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { centre, radius } = extent(graph.nodes.map(({ at }) => at));
  let flight:
    | {
        readonly started: number;
        readonly from: Vector3;
        readonly to: Vector3;
        readonly aimFrom: Vector3;
        readonly aim: Vector3;
      }
    | undefined;
  const fly = (to: Vector3, aim: Vector3): void => {
    flight = { started: performance.now(), from: camera.position.clone(), to, aimFrom: controls.target.clone(), aim };
  };
  let isMoved = false;
  controls.addEventListener("start", () => (isMoved = true));
  const home = (): void => {
    // From a little above and beside.
    const away = new Vector3(0.3, 0.5, 2.3).setLength(wholeDistance(camera, radius));
    fly(centre.clone().add(away), centre.clone());
  };
  const step = (): boolean => {
    if (flight === undefined) return false;
    const share = isCalm || flight.started < 0 ? 1 : Math.min(1, (performance.now() - flight.started) / FLIGHT_MS);
    const eased = 1 - (1 - share) ** 3;
    camera.position.lerpVectors(flight.from, flight.to, eased);
    controls.target.lerpVectors(flight.aimFrom, flight.aim, eased);
    if (share === 1) flight = undefined;
    return true;
  };
  const fit = (): void => {
    if (isMoved) return;
    home();
    // The first look is no flight: the camera stands where it would have ended.
    if (flight !== undefined) flight = { ...flight, started: -FLIGHT_MS };
    step();
  };
  fit();
  controls.maxDistance = radius * 12;
  return {
    step,
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
