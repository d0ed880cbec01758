#!/usr/bin/env node
// Everything here has to be understood by a Node that is too old for the rest: no static import, no top-level await.
const oldestMajor = 24;

if (Number(process.versions.node.split(".")[0]) < oldestMajor) {
  console.error(`library-export needs Node ${oldestMajor} or newer; this is ${process.version}.`);
  process.exitCode = 2;
} else {
  start();
}

async function start() {
  const { existsSync } = await import("node:fs");
  // The published package holds the bundle alone; in a clone the sources decide, so that no stale bundle can.
  const source = new URL("../cli/main.ts", import.meta.url);
  const program = existsSync(source) ? source : new URL("../dist/library-export.js", import.meta.url);
  const { main } = await import(program.href);
  await main(process.argv.slice(2));
}
