import { readFile, writeFile } from "node:fs/promises";
import { instance } from "@viz-js/viz";
import manifest from "../package.json" with { type: "json" };
import type { SeenFamily } from "../test/faults/meetAll.ts";
import { architectureGraph } from "./pages/architectureGraph.ts";
import { dashboardPicture } from "./pages/dashboardPicture.ts";
import { errorsPage } from "./pages/errorsPage.ts";
import { eventsPage } from "./pages/eventsPage.ts";
import { faultsPage } from "./pages/faultsPage.ts";
import { openApi } from "./pages/openapi.ts";
import { peersPage } from "./pages/peersPage.ts";
import { progressPicture } from "./pages/progressPicture.ts";
import { sequencePicture } from "./pages/sequencePicture.ts";
import { settingsPage } from "./pages/settingsPage.ts";
import { stateMachineGraph } from "./pages/stateMachineGraph.ts";
import { cycloneDx } from "./sbom/cycloneDx.ts";
import { shippedPackages } from "./sbom/shippedPackages.ts";
import { scalePage } from "./scale/page.ts";

/** In the page's order; each is a file in docs/faults. */
const FAULT_FAMILIES = [
  "vcenterCalls",
  "vcenterSessions",
  "vcenterItself",
  "endpoint",
  "s3Calls",
  "bucket",
  "functions",
  "cursors",
  "container",
  "stops",
];

const SETTINGS_SOURCES = [
  "cdk/libraryExportProps.ts",
  "cdk/libraryExportStack.ts",
  "cdk/triggers.ts",
  "cdk/exportApi.ts",
];

/**
 * `npm run docs` writes what can be derived from the code; `npm run docs -- --check` only tells, by its exit
 * code, whether the committed pages are what it would write.
 */
const pages: Record<string, () => Promise<string>> = {
  "docs/export-item.svg": () => drawStateMachine("export-item"),
  "docs/sync-library.svg": () => drawStateMachine("sync-library"),
  "docs/clean-up.svg": () => drawStateMachine("clean-up"),
  "docs/architecture.svg": () => draw(architectureGraph()),
  "docs/sequence.svg": async () => sequencePicture(),
  "docs/dashboard.svg": async () => dashboardPicture(),
  "docs/progress.svg": progressPicture,
  "docs/openapi.json": async () => `${JSON.stringify(openApi(manifest.version), undefined, 2)}\n`,
  "docs/sbom.cdx.json": async () =>
    `${JSON.stringify(cycloneDx(JSON.parse(await source("package-lock.json")), shippedPackages()), undefined, 2)}\n`,
  "docs/events.md": async () => eventsPage(),
  "docs/scale.md": async () => scalePage(),
  "docs/peers.md": async () => peersPage(JSON.parse(await source("docs/peers.json"))),
  "docs/faults.md": async () => faultsPage(await Promise.all(FAULT_FAMILIES.map(seenFaults))),
  "docs/settings.md": async () => settingsPage((await Promise.all(SETTINGS_SOURCES.map(source))).join("\n")),
  "docs/errors.md": async () => errorsPage(await source("functions/errors.ts")),
};

const checking = process.argv.includes("--check");
for (const [path, render] of Object.entries(pages)) {
  const fresh = await render();
  const committed = await source(path).catch(() => undefined);
  if (fresh === committed) continue;
  if (checking) {
    console.error(`${path} is stale: run "npm run docs" and commit what it writes.`);
    process.exitCode = 1;
  } else {
    await writeFile(fromRoot(path), fresh);
    console.log(`${path} written`);
  }
}

async function drawStateMachine(name: string): Promise<string> {
  return draw(stateMachineGraph(JSON.parse(await source(`statemachine/${name}.asl.json`))));
}

async function draw(graph: string): Promise<string> {
  return (await instance()).renderString(graph, { format: "svg" });
}

async function seenFaults(family: string): Promise<SeenFamily> {
  return JSON.parse(await source(`docs/faults/${family}.json`));
}

function fromRoot(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

async function source(path: string): Promise<string> {
  return readFile(fromRoot(path), "utf8");
}
