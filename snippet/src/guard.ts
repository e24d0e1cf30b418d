/** The walls between us and the shop's page: nothing of ours may throw into it. */

/** The value of `f`, or undefined where the browser refuses: blocked storage, a broken entry, a bad selector. */
export function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}

export const warn = (error: unknown): void => console.warn("dangol:", error);

/** `f` for use as a handler or public entry: what it throws is told on the console and goes no further. */
export function guarded<A extends unknown[]>(f: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      f(...args);
    } catch (error) {
      warn(error);
    }
  };
}

export function listen(target: EventTarget, name: string, f: (event: Event) => void): void {
  target.addEventListener(name, guarded(f));
}

/** Throws what was said where it is not as it must be. */
export function expect(fine: unknown, said: unknown): void {
  if (!fine) throw TypeError(said as string);
}
