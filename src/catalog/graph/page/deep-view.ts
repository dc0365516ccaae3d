import { DirectionalLight, HemisphereLight, PerspectiveCamera, Raycaster, Scene, Vector2, WebGLRenderer } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { createPilot } from "./camera-pilot.ts";
import { element } from "./element.ts";
import type { GraphModel } from "./graph-model.ts";
import { createLabels } from "./labels.ts";
import { createLines } from "./lines.ts";
import { createShapes } from "./shapes.ts";
import type { Selection } from "./selection.ts";
import type { View } from "./view.ts";

/** The picture with depth. It draws when something moved and rests otherwise. Fails where WebGL is missing. */
export function createDeepView(model: GraphModel, selection: Selection): View {
  const renderer = new WebGLRenderer({ antialias: true, alpha: true, powerPreference: "low-power" });
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  const scene = litScene();
  const shapes = createShapes(model);
  const lines = createLines(model);
  scene.add(...shapes.meshes, ...lines.objects);
  const camera = new PerspectiveCamera(50, 1, 1, 20_000);
  const labels = createLabels(model, camera);
  const stage = element("div", { class: "deep", children: [renderer.domElement, labels.element] });
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.enableDamping = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pilot = createPilot(camera, controls, model);
  const pointAt = (distance: number): number =>
    (2 * distance * Math.tan((camera.fov * Math.PI) / 360)) / Math.max(1, renderer.domElement.clientHeight);
  let frame = 0;
  const draw = (): void => {
    frame = 0;
    const isMoving = pilot.step() || controls.update();
    lines.fit(pointAt(camera.position.distanceTo(controls.target)));
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

function litScene(): Scene {
  const sun = new DirectionalLight(0xffffff, 1.2);
  sun.position.set(1, 2, 3);
  return new Scene().add(new HemisphereLight(0xffffff, 0x8899aa, 2.4), sun);
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
