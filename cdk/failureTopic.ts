import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

/** A topic that tells of every export that failed, in a sentence that fits an e-mail. */
export function failureTopic(scope: Construct, id: string, deadLetterQueue: IQueue): Topic {
  const topic = new Topic(scope, id, { displayName: "Failed exports of library-export", enforceSSL: true });
  const field = (path: string) => EventField.fromPath(`$.detail.${path}`);
  new Rule(scope, `${id}Rule`, {
    description: "Tells of every export that failed",
    eventPattern: { source: ["library-export"], detailType: ["Export Failed"] },
    targets: [
      new SnsTopic(topic, {
        message: RuleTargetInput.fromText(
          `The export of item "${field("item")}" (${field("libraryItemId")}) of library "${field("library")}" from ` +
            `vCenter "${field("vcenter")}" failed: ${field("error.name")}: ${field("error.message")}\n` +
            `Files exported: ${field("counts.exported")}, failed: ${field("counts.failed")}\n` +
            `Execution: ${field("execution")}`,
        ),
        deadLetterQueue,
      }),
    ],
  });
  return topic;
}
