/** Pictures come with the widget and not after it: nothing flickers, and nothing moves when they arrive. */

/** A picture that takes longer finds its place reserved by the widget's style. */
const PATIENCE = 3_000;

/** When the pictures and the videos' posters under `root` can be painted, or after three seconds. */
export function decoded(root: Element): Promise<unknown> {
  const pictures = [...root.querySelectorAll("img")].filter((picture) => picture.loading !== "lazy");
  for (const { poster } of root.querySelectorAll("video")) {
    if (poster) Object.assign(pictures[pictures.length] = new Image(), { src: poster });
  }
  const tardy = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  return Promise.race([Promise.allSettled(pictures.map((picture) => picture.decode())), tardy]);
}
