/** What all widgets but dialogs need: a module of its own, so that a first popup comes without. */
export { default as css } from "./around.css";
export { change, find, vanish, whenRoom } from "./anchor";
export { arrange, follow, giveBack } from "./places";
