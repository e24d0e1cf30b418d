/** Listening in on what the page calls. The page's own call runs first and whole: its result, its exceptions. */
import { attempt, guarded } from "../guard";
import type { Heard } from "./source";

const ours = new WeakSet<object>();

/** Does nothing where there is no such function, where it is wrapped already, or where the page has frozen it. */
export function wrap(owner: unknown, name: string, heard: Heard): void {
  const tell = guarded(heard);
  attempt(() => {
    const own: unknown = Reflect.get(owner as object, name);
    if (typeof own !== "function" || ours.has(own)) return;
    // A proxy and not a function: the page still finds the properties that it, or its tracker, has put there.
    const proxy = new Proxy(own, {
      apply(target, self, args: unknown[]) {
        const result: unknown = Reflect.apply(target, self, args);
        tell(args, self, result);
        return result;
      },
    });
    ours.add(proxy);
    Reflect.set(owner as object, name, proxy);
  });
}
