import { ArnFormat, Aws, Stack } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { eventsRole } from "./serviceRole.ts";

/** A topic that tells of every export and every sync that failed, in a sentence that fits an e-mail. */
export function failureTopic(scope: Construct, id: string, deadLetterQueue: IQueue): Topic {
  const topic = new Topic(scope, id, { displayName: "Failures of library-export", enforceSSL: true });
  allowAlarms(topic);
  // Else the topic's policy would let EventBridge publish whoever's rule it is.
  const role = eventsRole(scope, `${id}EventsRole`);
  for (const { word, message } of MESSAGES) {
    new Rule(scope, `${word}${id}Rule`, {
      description: `Tells of every ${word.toLowerCase()} that failed`,
      eventPattern: { source: ["library-export"], detailType: [`${word} Failed`] },
      targets: [new SnsTopic(topic, { role, message: RuleTargetInput.fromText(message), deadLetterQueue })],
    });
  }
  return topic;
}

const field = (path: string) => EventField.fromPath(`$.detail.${path}`);
const why = `from vCenter "${field("vcenter")}" failed: ${field("error.name")}: ${field("error.message")}`;

const MESSAGES = [
  {
    word: "Export",
    message:
      `The export of item "${field("item")}" (${field("libraryItemId")}) of library "${field("library")}" ${why}\n` +
      `Files exported: ${field("counts.exported")}, failed: ${field("counts.failed")}\n` +
      `Execution: ${field("execution")}`,
  },
  {
    word: "Sync",
    message:
      `The sync of library "${field("library")}" ${why}\n` +
      `Items exported: ${field("counts.EXPORTED")}, failed: ${field("counts.FAILED")}\n` +
      `Execution: ${field("execution")}`,
  },
];

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
