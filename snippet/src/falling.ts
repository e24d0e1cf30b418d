/** How fast a value falls, told from its last samples. */

/** Of late; in ms. */
const WINDOW = 250;
/** A fall in less time is taken as one in so much: a frame that comes late and the next on its heels look like a leap. */
const SHORTEST = 100;

/** Feed it samples: true when the value fell by more than `speed` a millisecond since the oldest one of late. */
export function falling(speed: number, clock = (): number => performance.now()): (value: number) => boolean {
  let trail: (readonly [at: number, value: number])[] = [];
  return (value) => {
    const now = clock();
    trail = trail.filter(([at]) => now - at < WINDOW);
    const [at, from] = trail[0] ?? [now, value];
    trail.push([now, value]);
    return from - value > speed * Math.max(now - at, SHORTEST);
  };
}
