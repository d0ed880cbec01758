import { Stack, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Why a policy cannot name single resources, by how the wildcard looks. */
const REASONS: [RegExp, string][] = [
  [
    /\.library-export\/runs\/\*$/,
    "Run records have the names of executions, below any prefix that an input names",
  ],
  [/\.library-export\/staging\/\*$/, "Staging objects have the names of executions, below any prefix"],
  [
    /\.library-export\/(syncs|reports)\/\*$/,
    "A sync's pages and reports have the names of executions, below any prefix",
  ],
  [/(lib|items?)\.json$/, "Every mirrored library and item has its index, below any prefix"],
  [/\.export\.json$/, "Every item has a manifest, below any prefix that an input names"],
  [/:secret:/, "A vCenter profile is added by its secret, without a deployment"],
  [/:execution:/, "Step Functions chooses the names of a Distributed Map's child executions"],
  [/:mapRun:/, "Step Functions chooses the names of Map Runs"],
  [/:task\//, "ECS chooses the names of tasks; these are of the route's own cluster"],
  [
    /:task-definition\//,
    "A deployment makes a new revision, and exports that are on their way use the latest",
  ],
  [
    /^\*$/,
    "Log deliveries, traces, network interfaces and the log-in to ECR are actions for which AWS knows no resource",
  ],
  [/\/\*$/, "Which objects of an allowed bucket an export writes, its input and vCenter say"],
];

/**
 * Tells cdk-nag, for those who run it on their app, why the wildcards in policies below `scope` are needed. It wants
 * each by its text (AwsSolutions-IAM5), so that one that is added later is found.
 * @throws Error for a wildcard without a reason
 */
export function acknowledgeWildcards(scope: IConstruct, resources: string[]): void {
  const texts = resources.map((resource) => flatten(Stack.of(scope).resolve(resource)));
  for (const text of new Set(texts.filter((text) => text.includes("*")))) {
    const [, reason] = REASONS.find(([pattern]) => pattern.test(text)) ?? [];
    if (reason === undefined) throw new Error(`There is no reason for the wildcard in ${text}`);
    Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${text}]`, reason });
  }
}

/** As cdk-nag writes a reference: `<LogicalId>`, `<LogicalId.Attribute>`. */
function flatten(value: unknown): string {
  if (typeof value === "string") return value;
  const [[intrinsic, argument] = []] = Object.entries(value ?? {});
  if (intrinsic === "Ref") return `<${argument}>`;
  if (intrinsic === "Fn::GetAtt") return `<${argument.join(".")}>`;
  if (intrinsic === "Fn::Join") return argument[1].map(flatten).join(argument[0]);
  return JSON.stringify(value);
}
