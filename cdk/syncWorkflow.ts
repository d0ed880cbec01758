import { ArnFormat, Aws, Duration, Names, RemovalPolicy, Stack } from "aws-cdk-lib";
import { type IEventBus, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { StepFunctionsStartExecution } from "aws-cdk-lib/aws-scheduler-targets";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { TimeZone } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { parseSyncInput, type SyncInput } from "../functions/sync/input.ts";
import syncLibrary from "../statemachine/sync-library.asl.json" with { type: "json" };
import { acknowledgeWildcards } from "./acknowledgeWildcards.ts";
import type { ExportFunctions } from "./exportFunctions.ts";
import type { SyncFunctionName } from "./s3Access.ts";
import { eventsRole, stateMachineRole } from "./serviceRole.ts";

export interface SyncSchedule {
  /** As EventBridge Scheduler has it: `rate(1 day)`, or `cron(0 2 * * ? *)` for two o'clock every night. */
  readonly expression: string;

  /**
   * Time zone of a cron expression, such as `Europe/Berlin`.
   * @default "UTC"
   */
  readonly timeZone?: string;

  /** Which library, and where to. */
  readonly input: SyncInput;
}

export interface SyncWorkflowProps {
  /** The state machine that exports an item. */
  readonly exports: StateMachine;
  readonly functions: ExportFunctions;
  /** Bus whose `Sync Requested` events start syncs. @default - the default bus */
  readonly eventBus?: IEventBus;
  /** By name. */
  readonly schedules?: Record<string, SyncSchedule>;
  /** Where events go that could not be delivered. */
  readonly deadLetters: IQueue;
  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays;
}

const DESCRIPTIONS: Record<SyncFunctionName, string> = {
  ListLibrary: "Lists what vCenter and the bucket have of a library",
  PlanPage: "Decides what a sync does with each item of a page",
  RetireItems: "Marks or deletes items that vCenter has no more",
  AdmitItem: "Makes the input of an item's export",
  ExplainFailure: "Reads from a nested execution why an item's export failed",
  RecordPage: "Keeps what became of the items of a page",
  FinishSync: "Brings the index of a mirrored library up to date, and writes the report",
};

const states = { ...syncLibrary.States, ...syncLibrary.States.ExportItems.ItemProcessor.States };

/** What mirrors whole libraries: the state machine of statemachine/sync-library.asl.json, and what starts it. */
export class SyncWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: SyncWorkflowProps) {
    super(scope, id);
    // The keys of a Record are all of its type's.
    const names = Object.keys(DESCRIPTIONS) as SyncFunctionName[];
    const functions = names.map((name) => ({ name, lambda: this.#addFunction(name, props.functions) }));
    this.stateMachine = this.#stateMachine(functions, props);
    this.#startByEvent(props);
    this.#startBySchedules(props);
  }

  #addFunction(name: SyncFunctionName, functions: ExportFunctions): LambdaFunction {
    return functions.add(this, name, {
      description: DESCRIPTIONS[name],
      // As for the functions of the export, a minute less than the state waits.
      timeout: Duration.seconds(states[name].TimeoutSeconds - 60),
      statements: functions.accessOf(name),
    });
  }

  #stateMachine(
    functions: { name: SyncFunctionName; lambda: LambdaFunction }[],
    { exports, logRetention }: SyncWorkflowProps,
  ): StateMachine {
    const role = stateMachineRole(this, "StateMachineRole");
    role.addToPolicy(allow(["lambda:InvokeFunction"], ...functions.map(({ lambda }) => lambda.functionArn)));
    role.addToPolicy(allow(["events:PutEvents"], this.#arn("events", "event-bus/default")));
    role.addToPolicy(allow(["states:StartExecution"], exports.stateMachineArn));
    role.addToPolicy(
      allow(["states:DescribeExecution", "states:StopExecution"], this.#executionsOf(exports)),
    );
    // By this rule, which Step Functions makes itself, it learns that a nested execution has ended.
    role.addToPolicy(
      allow(
        ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
        this.#arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"),
      ),
    );
    const stateMachine = new StateMachine(this, "StateMachine", {
      comment: "Mirrors a vSphere Content Library to Amazon S3",
      definitionBody: DefinitionBody.fromString(
        JSON.stringify(syncLibrary).replaceAll("arn:aws:states:::", `arn:${Aws.PARTITION}:states:::`),
      ),
      definitionSubstitutions: {
        ...Object.fromEntries(
          functions.map(({ name, lambda }) => [`${name}FunctionArn`, lambda.functionArn]),
        ),
        ExportItemStateMachineArn: exports.stateMachineArn,
      },
      role,
      logs: {
        destination: new LogGroup(this, "Logs", {
          logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 80 })}`,
          retention: logRetention ?? RetentionDays.SIX_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: true,
      },
      tracingEnabled: true,
    });
    // A policy of its own: the state machine waits for its role's, and would wait for itself.
    const children = new Policy(this, "MapChildren", {
      roles: [role],
      statements: [
        allow(["states:StartExecution"], stateMachine.stateMachineArn),
        allow(["states:DescribeExecution", "states:StopExecution"], this.#executionsOf(stateMachine)),
      ],
    });
    acknowledgeWildcards(children, [this.#executionsOf(stateMachine)]);
    // Besides the executions, log deliveries and traces.
    acknowledgeWildcards(role, ["*", this.#executionsOf(exports)]);
    return stateMachine;
  }

  #startByEvent({ eventBus, deadLetters }: SyncWorkflowProps): void {
    new Rule(this, "Requested", {
      description: "Starts a sync with the event's detail as its input",
      ...(eventBus && { eventBus }),
      eventPattern: { detailType: ["Sync Requested"] },
      targets: [
        new SfnStateMachine(this.stateMachine, {
          role: eventsRole(this, "EventsRole"),
          input: RuleTargetInput.fromEventPath("$.detail"),
          deadLetterQueue: deadLetters,
        }),
      ],
    });
  }

  #startBySchedules({ schedules = {}, deadLetters }: SyncWorkflowProps): void {
    for (const [name, { expression, timeZone, input }] of Object.entries(schedules)) {
      // Found wrong now, it fails no execution in the night.
      parseSyncInput(input);
      new Schedule(this, `Schedule-${name}`, {
        description: `Starts the sync "${name}"`,
        schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone ?? "Etc/UTC")),
        target: new StepFunctionsStartExecution(this.stateMachine, {
          input: ScheduleTargetInput.fromObject(input),
          deadLetterQueue: deadLetters,
        }),
      });
    }
  }

  #executionsOf({ stateMachineName }: StateMachine): string {
    return Stack.of(this).formatArn({
      service: "states",
      resource: "execution",
      resourceName: `${stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  #arn(service: string, name: string): string {
    return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${name}`;
  }
}

function allow(actions: string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
