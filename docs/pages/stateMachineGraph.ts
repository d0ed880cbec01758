/** The part of the Amazon States Language that a picture shows. */
export interface Machine {
  StartAt: string;
  States: Record<string, State>;
}

interface State {
  Type: string;
  Next?: string;
  Default?: string;
  Choices?: Rule[];
  Catch?: { Next: string; ErrorEquals: string[] }[];
  ItemProcessor?: Machine;
  ItemSelector?: Record<string, unknown>;
}

type Rule = { Next?: string; And?: Rule[]; Or?: Rule[]; Not?: Rule; Variable?: string } & Record<
  string,
  unknown
>;

const NODE_STYLES: Record<string, string> = {
  Task: 'shape=box, style="rounded,filled", fillcolor="#dbeafe", color="#1d4ed8"',
  Map: 'shape=box, style="rounded,filled", fillcolor="#ede9fe", color="#6d28d9"',
  Choice: 'shape=diamond, style=filled, fillcolor="#fef3c7", color="#b45309"',
  Wait: 'shape=box, style="rounded,filled", fillcolor="#f3f4f6", color="#4b5563"',
  Pass: 'shape=box, style=filled, fillcolor="#ffffff", color="#4b5563"',
  Succeed: 'shape=box, style="rounded,filled", fillcolor="#dcfce7", color="#15803d", peripheries=2',
  Fail: 'shape=box, style="rounded,filled", fillcolor="#fee2e2", color="#b91c1c", peripheries=2',
};

/**
 * A Graphviz graph of a state machine: choices are diamonds, what a Catch leads to is dashed, and the states of a
 * Map stand in a box of their own. The background is white, because the colours of a dark page would hide the lines.
 */
export function stateMachineGraph(machine: Machine): string {
  return [
    "digraph {",
    '  graph [bgcolor=white, compound=true, nodesep=0.6, ranksep=0.45, pad=0.2, fontname="Helvetica,Arial,sans-serif"];',
    '  node [fontname="Helvetica,Arial,sans-serif", fontsize=12, margin="0.2,0.08"];',
    '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=10, color="#374151", fontcolor="#374151"];',
    '  "start" [label="", shape=circle, style=filled, fillcolor="#374151", width=0.15];',
    `  "start" -> ${quote(machine.StartAt)};`,
    ...drawStates(machine, "  "),
    "}",
  ].join("\n");
}

function drawStates(machine: Machine, indent: string): string[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    ...(state.ItemProcessor === undefined
      ? [node(name, state, indent)]
      : [
          `${indent}subgraph ${quote(cluster(name))} {`,
          `${indent}  graph [label=${quote(`for each ${oneOf(state)}`)}, labeljust=l, style="rounded,dashed", color="#6d28d9", fontcolor="#6d28d9", fontsize=11];`,
          node(name, state, `${indent}  `),
          `${indent}  ${quote(name)} -> ${quote(state.ItemProcessor.StartAt)};`,
          ...drawStates(state.ItemProcessor, `${indent}  `),
          `${indent}}`,
        ]),
    ...drawEdges(name, state, indent),
  ]);
}

/** What a Map calls the one that its states work on: `file`. */
function oneOf({ ItemSelector = {} }: State): string {
  const [name = "one"] = Object.entries(ItemSelector).find(([, path]) => path === "$$.Map.Item.Value") ?? [];
  return name.replace(/\.\$$/, "");
}

function node(name: string, state: State, indent: string): string {
  return `${indent}${quote(name)} [label=${quote(name)}, ${NODE_STYLES[state.Type] ?? "shape=box"}];`;
}

function drawEdges(name: string, state: State, indent: string): string[] {
  // What leaves a Map leaves its whole box: from a state at its end, cut off at the border.
  const inner = state.ItemProcessor;
  const from = inner === undefined ? name : (endOf(inner) ?? name);
  const tail = inner === undefined ? [] : [`ltail=${quote(cluster(name))}`];
  // Blanks keep a label off the lines, also where the reader's font is wider than the one it was laid out for.
  const label = (text: string) => `label=${quote(text.replace(/^|$/gm, "  "))}`;
  const edge = (to: string, attributes: string[]) =>
    `${indent}${quote(from)} -> ${quote(to)} [${[...tail, ...attributes].join(", ")}];`;

  const edges: string[] = [];
  const catches = state.Catch ?? [];
  if (state.Next !== undefined) {
    const regardless = catches.some(({ Next }) => Next === state.Next);
    edges.push(edge(state.Next, regardless ? [label("even if it fails")] : []));
  }
  for (const [to, rules] of Map.groupBy(state.Choices ?? [], (rule) => rule.Next ?? "")) {
    edges.push(edge(to, [label(rules.map(describeRule).join("\nor "))]));
  }
  if (state.Default !== undefined) edges.push(edge(state.Default, [label("otherwise")]));
  for (const { Next, ErrorEquals } of catches.filter((clause) => clause.Next !== state.Next)) {
    const caught = ErrorEquals.includes("States.ALL") ? "" : ErrorEquals.join("\n");
    edges.push(edge(Next, ["style=dashed", 'color="#b91c1c"', 'fontcolor="#b91c1c"', label(caught)]));
  }
  return edges;
}

function endOf(machine: Machine): string | undefined {
  return Object.keys(machine.States).findLast((name) => isEnd(machine.States[name]));
}

function isEnd(state: State | undefined): boolean {
  return state !== undefined && state.Next === undefined && state.Choices === undefined;
}

/** `status = PREPARED`: the last part of the variable's path, and what it is compared with. */
function describeRule(rule: Rule): string {
  if (rule.And !== undefined) return rule.And.map(describeRule).join(" and ");
  if (rule.Or !== undefined) return rule.Or.map(describeRule).join(" or ");
  if (rule.Not !== undefined) return `not ${describeRule(rule.Not)}`;
  const variable = String(rule.Variable).split(/[.$]+/).at(-1);
  const [operator, operand] = Object.entries(rule).find(([key]) => /Equals|Than|Matches|^Is/.test(key)) ?? [
    "",
    "",
  ];
  if (operator.startsWith("Is"))
    return `${variable} ${operand ? "is" : "is not"} ${operator.slice(2).toLowerCase()}`;
  const sign = /GreaterThanEquals/.test(operator)
    ? "≥"
    : /LessThanEquals/.test(operator)
      ? "≤"
      : /GreaterThan/.test(operator)
        ? ">"
        : /LessThan/.test(operator)
          ? "<"
          : "=";
  return `${variable} ${sign} ${String(operand).split(".").at(-1)}`;
}

function cluster(name: string): string {
  return `cluster_${name}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
