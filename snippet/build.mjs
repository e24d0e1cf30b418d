// Bundles src/ into one classic script, dangol.js, and the modules that it, one of them or a page imports when needed:
// node build.mjs <folder> <version>. A module's address carries the version, a hash of all sources.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";

const source = fileURLToPath(new URL("src/", import.meta.url));
const [target, version = "0"] = process.argv.slice(2);
if (!target) throw new Error("node build.mjs <folder for the scripts> <version>");

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

// `import("./malls/cafe24")` in a module becomes a file of its own beside it. Modules share no files: what a page needs
// is one request each, at the price of some helpers that are in several of them.
const modules = new Map();
const ownModules = {
  name: "own-modules",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, kind, pluginData, ...place }) => {
      if (kind !== "dynamic-import" || pluginData === modules) return;
      const found = await resolve(path, { kind, pluginData: modules, resolveDir: place.resolveDir, importer: place.importer });
      if (found.errors.length) return found;
      const name = basename(found.path, ".ts");
      if (modules.has(name) && modules.get(name) !== found.path) throw new Error(`two modules are named ${name}`);
      modules.set(name, found.path);
      return { path: `./${name}.js?v=${version}`, external: true };
    });
  },
};

const common = {
  bundle: true,
  minify: true,
  target: "es2021",
  charset: "utf8",
  logLevel: "warning",
  define: { VERSION: JSON.stringify(version) },
  plugins: [minifiedCss, ownModules],
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
};

// esbuild bundles and drops what nothing uses; terser then saves another twelfth.
async function bundle(entry, name, format) {
  const { outputFiles } = await build({ ...common, format, entryPoints: [entry], write: false });
  const { code } = await minify(outputFiles[0].text, {
    module: format === "esm",
    compress: { ecma: 2020, passes: 4, keep_fargs: false },
    format: { ecma: 2020 },
  });
  await writeFile(join(target, `${name}.js`), code);
}

for (const name of ["widgets", "moments", "malls", "inspector", "push"]) {
  const entry = [join(source, `${name}.ts`), join(source, name, "index.ts"), join(source, name, `${name}.ts`)].find(existsSync);
  if (entry) modules.set(name, entry);
}
for (const name of ["dangol", "stub", "push-worker"]) await bundle(join(source, `${name}.ts`), name, "iife");
// A Map may grow while it is walked through.
for (const [name, entry] of modules) await bundle(entry, name, "esm");
