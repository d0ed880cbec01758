import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll } from "vitest";
import { LibraryExport, type LibraryExportProps } from "../../cdk/libraryExport.ts";
import {
  type ExistingVpc,
  LibraryExportStack,
  type LibraryExportStackProps,
} from "../../cdk/libraryExportStack.ts";

/** Of every app of a test file; gone when its tests are. */
const outdir = mkdtempSync(join(tmpdir(), "cdk-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** An app whose functions are not bundled: a template tells nothing of their code. */
export function unbundledApp(): App {
  return new App({
    outdir,
    context: { "aws:cdk:bundling-stacks": [], "@aws-cdk/aws-iam:minimizePolicies": true },
  });
}

/** Template of the stack that `npm run deploy` deploys. */
export function stackTemplate(props: LibraryExportStackProps = {}): Template {
  return Template.fromStack(new LibraryExportStack(unbundledApp(), "LibraryExport", props));
}

/** Template of a stack of one's own around the construct, whose props are made within it. */
export function constructTemplate(props: (stack: Stack) => LibraryExportProps): Template {
  const stack = new Stack(unbundledApp(), "Own");
  new LibraryExport(stack, "LibraryExport", props(stack));
  return Template.fromStack(stack);
}

export type Properties = Record<string, unknown>;

/** Properties of every resource of a type, by logical id. */
export function resourcesOf(template: Template, type: string): Record<string, Properties> {
  const resources = Object.entries(template.findResources(type));
  return Object.fromEntries(resources.map(([id, { Properties = {} }]) => [id, Properties]));
}

/** The one resource of a type whose logical id matches. */
export function resourceOf(template: Template, type: string, id = /./): Properties {
  const found = Object.entries(resourcesOf(template, type)).filter(([logicalId]) => id.test(logicalId));
  const [resource] = found;
  if (found.length !== 1 || resource === undefined) {
    throw new Error(`${found.length} resources of type ${type} match ${id}`);
  }
  return resource[1];
}

export const FUNCTION_NAMES = [
  "ResolveItem",
  "PrepareFile",
  "PollFile",
  "TransferFile",
  "CompleteFile",
  "AbortFile",
  "FinishItem",
] as const;

/** Properties of a function, by the name of its state. */
export function functionOf(template: Template, name: (typeof FUNCTION_NAMES)[number]): Properties {
  return resourceOf(template, "AWS::Lambda::Function", new RegExp(`Functions${name}Function`));
}

/** A VPC that somebody else made. */
export const existingVpc: ExistingVpc = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  availabilityZones: ["eu-central-1a", "eu-central-1b"],
  hasS3GatewayEndpoint: true,
};
