import { ACCOUNT, type Ministack, REGION } from "./ministack.ts";

export interface EventQueue {
  /** The event that tells how an execution ended: waits for it for up to ten seconds after the one before it. */
  about(executionArn: string): Promise<unknown>;
}

/** Listens as a user does: a rule of the default event bus puts all events of a source into a queue. */
export async function queueEvents(aws: Ministack, source: string): Promise<EventQueue> {
  const name = `events-of-${source}`;
  const { QueueUrl } = await aws.ask<{ QueueUrl: string }>("AmazonSQS.CreateQueue", { QueueName: name });
  await aws.ask("AWSEvents.PutRule", { Name: name, EventPattern: JSON.stringify({ source: [source] }) });
  await aws.ask("AWSEvents.PutTargets", {
    Rule: name,
    Targets: [{ Id: "queue", Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}` }],
  });
  const next = async (): Promise<{ detail: { execution: string } }> => {
    const { Messages: [message] = [] } = await aws.ask<{
      Messages?: { Body: string; ReceiptHandle: string }[];
    }>("AmazonSQS.ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 10 });
    if (message === undefined) throw new Error(`no further event of ${source} came within ten seconds`);
    await aws.ask("AmazonSQS.DeleteMessage", { QueueUrl, ReceiptHandle: message.ReceiptHandle });
    return JSON.parse(message.Body);
  };
  return {
    async about(executionArn) {
      let event = await next();
      while (event.detail.execution !== executionArn) event = await next();
      return event;
    },
  };
}
