/** What a deployment consists of: boxes by name, in groups, and what goes from one to another. */
const GROUPS: Record<string, { label: string; color: string; boxes: Record<string, string> }> = {
  start: {
    label: "who starts exports and syncs",
    color: "#4b5563",
    boxes: {
      people: "people:\nconsole, library-export",
      api: "API Gateway (optional)",
      requested: 'EventBridge: "Export Requested",\n"Sync Requested"',
      schedule: "EventBridge Scheduler",
    },
  },
  export: {
    label: "export",
    color: "#6d28d9",
    boxes: {
      syncLibrary: "Step Functions:\nsync-library",
      exportItem: "Step Functions:\nexport-item",
      functions: "Lambda:\none function for each state",
      container: "Fargate (optional):\nfiles that fit no invocation",
    },
  },
  cleanUp: {
    label: "clean-up",
    color: "#b91c1c",
    boxes: {
      cutOff: "EventBridge:\nstopped, timed out, failed",
      cleanUpMachine: "Step Functions:\nclean-up",
      sweep: "daily sweep",
    },
  },
  told: {
    label: "who is told",
    color: "#15803d",
    boxes: {
      ended: 'EventBridge: "Export Succeeded", "Export Failed",\n"Sync Succeeded", "Sync Failed"',
      topic: "SNS (optional)",
      watched: "CloudWatch: logs, metrics,\ndashboard, alarms; X-Ray",
      deadLetters: "SQS:\ndead letters",
    },
  },
};

const OUTSIDE: Record<string, string> = {
  vcenter: "vCenter\nand its ESXi hosts",
  s3: "S3: objects, manifests,\nrun records",
  secrets: "Secrets Manager:\nvCenter profiles",
};

/** From, to, and what. */
const ARROWS: [from: string, to: string, what?: string][] = [
  ["people", "exportItem"],
  ["people", "syncLibrary"],
  ["people", "api"],
  ["api", "exportItem"],
  ["api", "syncLibrary"],
  ["requested", "exportItem"],
  ["requested", "syncLibrary"],
  ["schedule", "exportItem"],
  ["schedule", "syncLibrary"],
  ["syncLibrary", "exportItem", "an export for each item"],
  ["syncLibrary", "functions"],
  ["syncLibrary", "ended"],
  ["requested", "deadLetters", "undelivered"],
  ["exportItem", "functions"],
  ["exportItem", "container"],
  ["functions", "vcenter", "HTTPS: API and bytes"],
  ["functions", "s3", "parts"],
  ["container", "vcenter"],
  ["container", "s3"],
  ["functions", "secrets"],
  ["functions", "watched"],
  ["exportItem", "ended"],
  ["ended", "topic", "failures"],
  ["exportItem", "cutOff"],
  ["cutOff", "cleanUpMachine"],
  ["sweep", "cleanUpMachine", "what was missed"],
  ["cleanUpMachine", "s3", "aborts, deletes"],
  ["cleanUpMachine", "vcenter", "ends sessions"],
  ["cleanUpMachine", "ended", "of stopped exports"],
];

/** A Graphviz graph of the deployment. */
export function architectureGraph(): string {
  return [
    "digraph {",
    '  graph [rankdir=LR, bgcolor=white, nodesep=0.35, ranksep=0.9, pad=0.2, fontname="Helvetica,Arial,sans-serif"];',
    '  node [fontname="Helvetica,Arial,sans-serif", fontsize=11, margin="0.3,0.08", shape=box, style="rounded,filled", fillcolor=white];',
    '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, color="#374151", fontcolor="#374151"];',
    ...Object.entries(GROUPS).flatMap(([id, { label, color, boxes }]) => [
      `  subgraph "cluster_${id}" {`,
      `    graph [label=${quote(label)}, style="rounded,dashed", color="${color}", fontcolor="${color}", fontsize=11];`,
      ...Object.entries(boxes).map(([box, text]) => `    ${box} [label=${quote(text)}, color="${color}"];`),
      "  }",
    ]),
    ...Object.entries(OUTSIDE).map(
      ([box, text]) => `  ${box} [label=${quote(text)}, fillcolor="#fef3c7", color="#b45309"];`,
    ),
    ...ARROWS.map(([from, to, what]) => `  ${from} -> ${to} [label=${quote(what ? ` ${what} ` : "")}];`),
    "}",
  ].join("\n");
}

function quote(text: string): string {
  return JSON.stringify(text);
}
