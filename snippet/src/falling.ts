/** How fast a value falls, told from its last samples. */

/** Long enough to tell a throw from a twitch; in ms. */
const WINDOW = 250;

/** Feed it samples: true when the value fell by more than `speed` a millisecond since the oldest one of late. */
export function falling(speed: number, clock = (): number => performance.now()): (value: number) => boolean {
  let trail: (readonly [at: number, value: number])[] = [];
  return (value) => {
    const now = clock();
    trail = trail.filter(([at]) => now - at < WINDOW);
    const [at, from] = trail[0] ?? [now, value];
    trail.push([now, value]);
    return now > at && (from - value) / (now - at) > speed;
  };
}
