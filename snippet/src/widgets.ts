/** The widget runtime: a module that the core imports when the first answer has something to show. */
export { stage as start } from "./widgets/stage";
