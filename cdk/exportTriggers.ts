import { type IEventBus, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { StepFunctionsStartExecution } from "aws-cdk-lib/aws-scheduler-targets";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { TimeZone } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { type ExportInput, parseInput } from "../functions/input.ts";
import { eventsRole } from "./serviceRole.ts";

export interface ExportSchedule {
  /** As EventBridge Scheduler has it: `rate(1 day)`, or `cron(0 2 * * ? *)` for two o'clock every night. */
  readonly expression: string;

  /**
   * Time zone of a cron expression, such as `Europe/Berlin`.
   * @default "UTC"
   */
  readonly timeZone?: string;

  /** What is exported. */
  readonly input: ExportInput;
}

export interface ExportTriggersProps {
  readonly stateMachine: IStateMachine;
  /** @default - the default bus */
  readonly eventBus?: IEventBus;
  /** By name. */
  readonly schedules?: Record<string, ExportSchedule>;
  /** Where events go that could not be delivered. */
  readonly deadLetters: IQueue;
}

/** What starts exports besides people: the event `Export Requested`, and schedules. */
export class ExportTriggers extends Construct {
  constructor(scope: Construct, id: string, props: ExportTriggersProps) {
    super(scope, id);
    const { stateMachine, deadLetters: deadLetterQueue } = props;
    new Rule(this, "Requested", {
      description: "Starts an export with the event's detail as its input",
      ...(props.eventBus && { eventBus: props.eventBus }),
      eventPattern: { detailType: ["Export Requested"] },
      targets: [
        new SfnStateMachine(stateMachine, {
          role: eventsRole(this, "EventsRole"),
          input: RuleTargetInput.fromEventPath("$.detail"),
          deadLetterQueue,
        }),
      ],
    });
    for (const [name, { expression, timeZone, input }] of Object.entries(props.schedules ?? {})) {
      // Found wrong now, it fails no execution in the night.
      parseInput(input);
      new Schedule(this, `Schedule-${name}`, {
        description: `Starts the export "${name}"`,
        schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone ?? "Etc/UTC")),
        target: new StepFunctionsStartExecution(stateMachine, {
          input: ScheduleTargetInput.fromObject(input),
          deadLetterQueue,
        }),
      });
    }
  }
}
