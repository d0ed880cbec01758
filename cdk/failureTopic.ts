import { ArnFormat, Aws, Stack } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { eventsRole } from "./serviceRole.ts";

/** A topic that tells of every export that failed, in a sentence that fits an e-mail. */
export function failureTopic(scope: Construct, id: string, deadLetterQueue: IQueue): Topic {
  const topic = new Topic(scope, id, { displayName: "Failed exports of library-export", enforceSSL: true });
  allowAlarms(topic);
  const field = (path: string) => EventField.fromPath(`$.detail.${path}`);
  new Rule(scope, `${id}Rule`, {
    description: "Tells of every export that failed",
    eventPattern: { source: ["library-export"], detailType: ["Export Failed"] },
    targets: [
      new SnsTopic(topic, {
        // Else the topic's policy would let EventBridge publish whoever's rule it is.
        role: eventsRole(scope, `${id}EventsRole`),
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

/** A topic with a policy of its own has none of the usual one, by which the account's alarms could publish. */
function allowAlarms(topic: Topic): void {
  const alarms = Stack.of(topic).formatArn({
    service: "cloudwatch",
    resource: "alarm",
    resourceName: "*",
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
        ArnLike: { "aws:SourceArn": alarms },
      },
    }),
  );
}
