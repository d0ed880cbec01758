import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openApi } from "../../docs/pages/openapi.ts";
import * as errors from "../../functions/errors.ts";
import { everywhere, pageAt, pages, spansIn } from "./pages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, "utf8");
const definitions = globSync("statemachine/*.asl.json", { cwd: root }).map(read);
const sources = globSync("{functions,cdk}/**/*.ts", { cwd: root }).map(read).join("\n");

/** Names that look like ours: of AWS and its libraries, and one that a fault makes up. */
const OTHERS = [
  "AbortIncompleteMultipartUpload",
  "NodejsFunction",
  "PutMetricData",
  "TimeoutSeconds",
  "LibraryExport",
  "SomethingElse",
];

/** Each state, function and output of the stack. */
function namesOfOurs(): Set<string> {
  const states = definitions.flatMap((text) => [...text.matchAll(/"(\w+)": {\s*"Type"/g)]);
  const outputs = read("cdk/libraryExportStack.ts").matchAll(/#output\(\s*"(\w+)"/g);
  const handlers = globSync("functions/handlers/*.ts", { cwd: root }).map((path) => basename(path, ".ts"));
  const functions = handlers.map((name) => name.charAt(0).toUpperCase() + name.slice(1));
  const told = [...states, ...outputs].map(([, name = ""]) => name);
  return new Set([...Object.keys(errors), ...told, ...functions]);
}

test("what a page calls by the name of an error, a state, a function or an output is one", () => {
  const ours = namesOfOurs();
  const named = everywhere((page) => spansIn(page).filter((span) => /^([A-Z][a-z]+){2,}$/.test(span)));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ found }) => !ours.has(found) && !OTHERS.includes(found))).toEqual([]);
});

test("the runbook's headings of states are states", () => {
  const [, section = ""] = pageAt("docs/runbook.md").split("## An export does not end");
  const named = [...section.matchAll(/^- \*(\w+)\*/gm)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter((name) => !definitions.some((text) => text.includes(`"${name}": {`)))).toEqual([]);
});

test("every line of a log that the runbook quotes is written", () => {
  const runbook = pageAt("docs/runbook.md").replaceAll(/\s+/g, " ");
  const quoted = [...runbook.matchAll(/\bline \*([^*]+)\*/g)].map(([, line = ""]) => line);
  expect(quoted.length).toBeGreaterThan(2);
  expect(quoted.filter((line) => !sources.includes(`"${line}"`))).toEqual([]);
});

test("every graph of the dashboard that the runbook points to is on it", () => {
  const runbook = pageAt("docs/runbook.md").replaceAll(/\s+/g, " ");
  const sentences = runbook.match(/Dashboard, \*[^.;]+/g) ?? [];
  const graphs = sentences.flatMap((text) =>
    [...text.matchAll(/\*([^*]+)\*/g)].map(([, graph = ""]) => graph),
  );
  expect(graphs.length).toBeGreaterThan(2);
  const layout = read("cdk/dashboardLayout.ts") + read("cdk/exportDashboard.ts");
  expect(graphs.filter((graph) => !layout.includes(`"${graph}":`) && !layout.includes(`${graph}:`))).toEqual(
    [],
  );
});

test("every request to the API that a page speaks of is described", () => {
  const { paths } = JSON.parse(JSON.stringify(openApi("1")));
  const requests = everywhere((page) =>
    spansIn(page).filter((span) => /^(GET|POST|DELETE|PUT) \/\w+/.test(span)),
  );
  const own = requests.filter(({ path }) => !path.startsWith("simulators/"));
  expect(own.length).toBeGreaterThan(3);
  const unknown = own.filter(({ found }) => {
    const [method = "", path = ""] = found.split(" ");
    return paths[path]?.[method.toLowerCase()] === undefined;
  });
  expect(unknown).toEqual([]);
});

test("the events that pages name are those that start executions, and those that executions send", () => {
  const sent = definitions.flatMap((text) => [...text.matchAll(/"DetailType": "([^"]+)"/g)]);
  const events = new Set(["Export Requested", "Sync Requested", ...sent.map(([, name = ""]) => name)]);
  expect(events.size).toBe(6);
  const named = everywhere((page) => spansIn(page).filter((span) => /^(Export|Sync) [A-Z]/.test(span)));
  expect(named.filter(({ found }) => !events.has(found))).toEqual([]);
  const told = spansIn(pageAt("docs/events.md"));
  expect([...events].filter((name) => !told.includes(name))).toEqual([]);
});

test("the folders below .library-export/ that pages name are those that are written to", () => {
  const folders = new Set(sources.match(/(?<=\.library-export\/)[a-z]+(?=\/)/g));
  const named = [...pages.values()].flatMap(
    (page) => page.match(/(?<=\.library-export\/)[a-z]+(?=\/)/g) ?? [],
  );
  expect(new Set(named)).toEqual(folders);
});
