/** What a first popup does without: places beside a dialog's, content that is replaced, the choice to see it later. A
 *  module of its own. */
import places from "./around.css";
import later from "./later.css";

export { change, find, vanish, whenRoom } from "./anchor";
export { menu } from "./later";
export { arrange, follow, giveBack } from "./places";
export { renew } from "./renew";

export const css = places + later;
