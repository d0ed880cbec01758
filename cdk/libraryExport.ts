import type { Alarm, Dashboard } from "aws-cdk-lib/aws-cloudwatch";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { parseInput } from "../functions/input.ts";
import { parseSyncInput } from "../functions/sync/input.ts";
import { Alarms } from "./alarms.ts";
import { CleanUps } from "./cleanUps.ts";
import { deadLetterQueue } from "./deadLetters.ts";
import type { FunctionName } from "./definition.ts";
import { ExportApi } from "./exportApi.ts";
import { ExportBucket } from "./exportBucket.ts";
import { ExportDashboard } from "./exportDashboard.ts";
import { ExportFunctions, profileSecretPrefix } from "./exportFunctions.ts";
import { ExportWorkflow } from "./exportWorkflow.ts";
import { failureTopic } from "./failureTopic.ts";
import type { LibraryExportProps } from "./libraryExportProps.ts";
import { SyncWorkflow } from "./syncWorkflow.ts";
import { Triggers } from "./triggers.ts";

export type { FunctionName } from "./definition.ts";
export type { ApiOptions } from "./exportApi.ts";
export type { LibraryExportProps } from "./libraryExportProps.ts";
export type { NetworkProps } from "./network.ts";

/** The whole of library-export, for an app of one's own: `new LibraryExport(this, "LibraryExport", { bucket })`. */
export class LibraryExport extends Construct {
  /** Exports go here unless their input names another. */
  readonly bucket: IBucket;
  readonly stateMachine: StateMachine;
  readonly stateMachineLogs: ILogGroup;
  /** What mirrors whole libraries. */
  readonly sync: SyncWorkflow;
  /** What removes all that a stopped export or sync leaves. */
  readonly cleanUps: CleanUps;
  /** The HTTP API, where it is wanted. */
  readonly api?: ExportApi;
  /** Events that could not be delivered. */
  readonly deadLetters: IQueue;
  /** What somebody has to look at: for actions of one's own. */
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;
  /** Tells of failed exports. */
  readonly failureTopic?: ITopic;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  /** The secret of the profile `lab` is named `<prefix>lab`. */
  readonly profileSecretPrefix: string;

  constructor(scope: Construct, id: string, props: LibraryExportProps = {}) {
    super(scope, id);
    this.bucket =
      props.bucket ??
      new ExportBucket(this, "Bucket", {
        kmsKey: props.kmsKey,
        prefix: props.defaultPrefix,
        noncurrentVersionExpiration: props.noncurrentVersionExpiration,
      }).bucket;
    const functionProps = { ...props, bucket: this.bucket };
    this.profileSecretPrefix = profileSecretPrefix(functionProps);
    const functions = new ExportFunctions(this, "Functions", functionProps);
    const { byName, containerRoute } = functions;
    this.functions = byName;
    const workflow = new ExportWorkflow(this, "Workflow", {
      functions: this.functions,
      containerRoute,
      stateMachineName: props.stateMachineName,
      logRetention: props.logRetention,
    });
    this.stateMachine = workflow.stateMachine;
    this.stateMachineLogs = workflow.logGroup;
    this.deadLetters = deadLetterQueue(this, "DeadLetters");
    this.sync = new SyncWorkflow(this, "Sync", {
      exports: this.stateMachine,
      functions,
      logRetention: props.logRetention,
    });
    this.cleanUps = new CleanUps(this, "CleanUp", {
      exports: this.stateMachine,
      syncs: this.sync.stateMachine,
      functions,
      deadLetters: this.deadLetters,
      logRetention: props.logRetention,
    });
    new Triggers(this, "Triggers", {
      stateMachine: this.stateMachine,
      word: "Export",
      parseInput,
      eventBus: props.eventBus,
      schedules: props.schedules,
      deadLetters: this.deadLetters,
    });
    new Triggers(this, "SyncTriggers", {
      stateMachine: this.sync.stateMachine,
      word: "Sync",
      parseInput: parseSyncInput,
      eventBus: props.eventBus,
      schedules: props.syncSchedules,
      deadLetters: this.deadLetters,
    });
    if (props.api) {
      this.api = new ExportApi(this, "Api", {
        ...(props.api !== true && props.api),
        exports: this.stateMachine,
        syncs: this.sync.stateMachine,
        functions,
        logRetention: props.logRetention,
      });
    }
    if (props.notifyFailures) {
      const { deadLetters } = this;
      this.failureTopic = failureTopic(this, "Failures", { syncs: this.sync.stateMachine, deadLetters });
    }
    this.alarms = new Alarms(this, "Alarms", {
      exports: this.stateMachine,
      syncs: this.sync.stateMachine,
      cleanUps: this.cleanUps,
      deadLetters: this.deadLetters,
      api: this.api,
      expectSuccessWithin: props.expectSuccessWithin,
      topic: this.failureTopic,
    }).all;
    this.dashboard = new ExportDashboard(this, "Dashboard", {
      exports: this.stateMachine,
      syncs: this.sync.stateMachine,
      transferFile: byName.TransferFile,
      cleanUps: this.cleanUps,
      deadLetters: this.deadLetters,
      api: this.api,
      alarms: this.alarms,
      serviceName: functions.serviceName,
    }).dashboard;
  }
}
