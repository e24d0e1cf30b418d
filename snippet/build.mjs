// Bundles src/ into two files: node build.mjs <folder>. The runtime comes first, since the core asks for it under an
// address that carries the hash of its content.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const source = fileURLToPath(new URL("src/", import.meta.url));
const target = process.argv[2];
if (!target) throw new Error("node build.mjs <folder for dangol.js and widgets.js>");

const minifiedCss = {
  name: "minified-css",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      const { code } = await transform(css, { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

async function bundle(entry, options) {
  const outfile = join(target, entry.replace(".ts", ".js"));
  const common = { bundle: true, minify: true, target: "es2020", charset: "utf8", logLevel: "warning" };
  await build({ ...common, entryPoints: [join(source, entry)], outfile, ...options });
  return readFile(outfile);
}

const widgets = await bundle("widgets.ts", { format: "esm", plugins: [minifiedCss] });
const hash = createHash("sha256").update(widgets).digest("hex").slice(0, 8);
await bundle("dangol.ts", { format: "iife", define: { WIDGETS_HASH: JSON.stringify(hash) } });
