import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { LibraryExportStack } from "../../cdk/libraryExportStack.ts";
import { FUNCTION_NAMES, functionOf, resourceOf, stackTemplate, unbundledApp } from "./synthesis.ts";

interface State {
  Type: string;
  Resource?: string;
  Parameters?: { FunctionName?: string };
  TimeoutSeconds?: number;
  ItemProcessor?: { States: Record<string, State> };
}

/** The definition as it arrives at Step Functions in a partition, with function names for their ARNs. */
function definitionIn(partition: string, template: Template): { text: string; states: Map<string, State> } {
  const { DefinitionString, DefinitionSubstitutions } = resourceOf(
    template,
    "AWS::StepFunctions::StateMachine",
    /Workflow/,
  ) as {
    // as CloudFormation defines them, and CDK writes them
    DefinitionString: { "Fn::Join": [string, (string | { Ref: string })[]] };
    DefinitionSubstitutions: Record<string, { "Fn::GetAtt": [string, string] }>;
  };
  const [separator, parts] = DefinitionString["Fn::Join"];
  const joined = parts
    .map((part) => (typeof part === "string" ? part : part.Ref === "AWS::Partition" ? partition : "?"))
    .join(separator);
  const text = joined.replace(
    /\$\{(\w+)\}/g,
    (_, name: string) => DefinitionSubstitutions[name]?.["Fn::GetAtt"][0] ?? `no ${name}`,
  );
  return { text, states: new Map(allStates(JSON.parse(text))) };
}

function* allStates({ States }: { States: Record<string, State> }): Generator<[string, State]> {
  for (const [name, state] of Object.entries(States)) {
    yield [name, state];
    if (state.ItemProcessor) yield* allStates(state.ItemProcessor);
  }
}

const template = stackTemplate();

test("the state machine logs everything and is traced", () => {
  template.hasResourceProperties("AWS::StepFunctions::StateMachine", {
    StateMachineType: "STANDARD",
    LoggingConfiguration: { Level: "ALL", IncludeExecutionData: true },
    TracingConfiguration: { Enabled: true },
  });
  expect(resourceOf(template, "AWS::Logs::LogGroup", /Workflow/).LogGroupName).toMatch(
    /^\/aws\/vendedlogs\/states\//,
  );
});

test.each(FUNCTION_NAMES)("the state %s calls the function of its name", (name) => {
  const { states } = definitionIn("aws", template);
  expect(states.get(name)?.Parameters?.FunctionName).toMatch(new RegExp(`Functions${name}Function`));
});

test.each(FUNCTION_NAMES)("the state %s waits a minute longer than its function may run", (name) => {
  const { states } = definitionIn("aws", template);
  const { Timeout } = functionOf(template, name);
  expect(states.get(name)?.TimeoutSeconds).toBe(Number(Timeout) + 60);
  // Lambda's own limit.
  expect(Timeout).toBeLessThanOrEqual(900);
});

test("every state that calls a function has one", () => {
  const { text, states } = definitionIn("aws", template);
  const invoking = [...states].filter(([, { Resource }]) => Resource?.endsWith(":lambda:invoke"));
  expect(invoking.map(([name]) => name).sort()).toEqual([...FUNCTION_NAMES].sort());
  expect(text).not.toContain("${");
});

test.each(["aws-cn", "aws-us-gov"])("the state machine fits the partition %s", (partition) => {
  const { text } = definitionIn(partition, template);
  const partitions = [...text.matchAll(/arn:([^:]*):/g)].map((match) => match[1]);
  expect(partitions.length).toBeGreaterThan(FUNCTION_NAMES.length);
  expect(new Set(partitions)).toEqual(new Set([partition]));
});

test("nothing else in the template names a partition, an account or a region", () => {
  const text = JSON.stringify(template.toJSON());
  expect(text).not.toMatch(/arn:aws[:-]|\b\d{12}\b|\b(us|eu|ap)-[a-z]+-\d\b/);
});

test("the name of the state machine can be chosen", () => {
  stackTemplate({ stateMachineName: "export-item" }).hasResourceProperties(
    "AWS::StepFunctions::StateMachine",
    { StateMachineName: "export-item" },
  );
});

test("outputs tell what one needs to start exports and syncs", () => {
  const outputs = Object.entries(template.findOutputs("*")).map(([name, { Value }]) => [name, Value]);
  expect(Object.fromEntries(outputs)).toEqual({
    StateMachineArn: { Ref: expect.stringMatching("ExportItem") },
    SyncStateMachineArn: { Ref: expect.stringMatching("SyncStateMachine") },
    BucketName: { Ref: expect.stringMatching("Bucket") },
    ProfileSecretPrefix: "library-export/vcenter/",
    StateMachineLogGroup: { Ref: expect.stringMatching("WorkflowLogs") },
  });
});

test("every resource has the application's tag, and the stack those that one sets", () => {
  const stack = new LibraryExportStack(unbundledApp(), "Tagged", { tags: { team: "virtualisation" } });
  // CloudFormation gives them to the resources.
  expect(stack.tags.tagValues()).toEqual({ team: "virtualisation" });
  Template.fromStack(stack).allResourcesProperties("AWS::Logs::LogGroup", {
    Tags: [{ Key: "application", Value: "library-export" }],
  });
});
