/** The inspector of previews: a module that the core imports for a preview's link, and when an answer tells why, which
 * is in previews alone. */
import type { Chunk, Link } from "../link";
import { enter, tell } from "./memory";
import { Panel } from "./panel";
import type { Preview, Why } from "./why";

export function start(link: Link): Chunk {
  const panel = new Panel(link);
  let latest: Preview | undefined;
  return {
    take({ why }) {
      const told = why as Why;
      if (told.state === "over") return panel.show(told);
      tell(told.events);
      if (!told.campaigns && !latest) return;
      latest = { ...latest, ...told } as Preview;
      panel.show(latest);
    },
  };
}

enter();
