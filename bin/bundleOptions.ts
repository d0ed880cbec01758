import { fileURLToPath } from "node:url";
import type { BuildOptions } from "esbuild";

/** The project's folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** How esbuild makes one ES module of a program and all that it imports: the functions, the container, the command line. */
export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  // ES modules first: of CommonJS nothing that is unused can be left out.
  mainFields: ["module", "main"],
  // CommonJS packages within an ES module still call require for Node's own modules.
  banner: {
    js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
  },
  // Names stay: those of errors are part of the state machine's contract, those of functions of stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
} as const satisfies BuildOptions;
