/** The widget runtime: a module that the core imports when the first answer has something to show. */
import type { Link, Runtime } from "./link";
import { Stage } from "./widgets/stage";

export function start(link: Link): Runtime {
  return new Stage(link);
}
