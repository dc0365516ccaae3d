/** How far away a ball is seen as a whole, in a window that may be narrow; `fov` is the angle from top to bottom in degrees. */
export function wholeDistance(
  { fov, aspect }: { readonly fov: number; readonly aspect: number },
  radius: number,
): number {
  const halfHeight = Math.tan((fov * Math.PI) / 360);
  return (radius * ROOM) / Math.sin(Math.atan(halfHeight * Math.min(1, aspect)));
}

/** Nodes at the edge have a size and a name. */
const ROOM = 1.12;
