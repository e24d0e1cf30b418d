/** The inspector of previews: a module that the core imports for a preview's link, and when an answer tells why, which
 * is in previews alone. */
import type { Chunk, Link } from "../link";
import { enter, tell } from "./memory";
import { Panel } from "./panel";
import type { Why } from "./why";

export function start(link: Link): Chunk {
  const panel = new Panel(link);
  return {
    take({ why }) {
      const told = why as Why;
      if (told.state === "on") tell(told.events);
      panel.show(told);
    },
  };
}

enter();
