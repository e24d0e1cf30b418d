/** The module that the core loads where a page tells by itself what it shows. */
export { start } from "./malls/chooser";
