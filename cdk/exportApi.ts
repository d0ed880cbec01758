import { Duration, Names, RemovalPolicy, Validations } from "aws-cdk-lib";
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  type EndpointConfiguration,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import { InterfaceVpcEndpoint } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { COLLECTIONS } from "../functions/api/collections.ts";
import type { DeploymentVariable } from "../functions/lambda/deployment.ts";
import { executionsOf, mapRunsOf } from "./executionArns.ts";
import type { ExportFunctions } from "./exportFunctions.ts";
import { answerWithProblems } from "./gatewayProblems.ts";
import { privateApiPolicy } from "./privateApiPolicy.ts";

export interface ApiOptions {
  /**
   * Interface endpoints of the service execute-api: the API is private, and answers through them alone.
   * @default - none: the API has a public address, which answers to signed requests of those whom IAM allows
   */
  readonly vpcEndpointIds?: string[];

  /**
   * Requests a second, of all clients together. Step Functions answers about as many questions a second.
   * @default 10
   */
  readonly throttlingRateLimit?: number;

  /**
   * Requests at once.
   * @default 20
   */
  readonly throttlingBurstLimit?: number;

  /**
   * Whether to set the role by which API Gateway writes access logs. An account has one for a region, for all of its
   * APIs, so that it stays when the stack is deleted. `false`: the account has it already.
   * @default true
   */
  readonly cloudWatchRole?: boolean;
}

export interface ExportApiProps extends ApiOptions {
  /** The state machine that exports. */
  readonly exports: StateMachine;
  /** The state machine that mirrors libraries. */
  readonly syncs: StateMachine;
  readonly functions: ExportFunctions;
  /** @default RetentionDays.SIX_MONTHS */
  readonly logRetention?: RetentionDays;
}

/**
 * The HTTP API of docs/openapi.json, by API Gateway and one function. Who may call it is said by IAM: the action
 * `execute-api:Invoke`.
 */
export class ExportApi extends Construct {
  readonly restApi: RestApi;
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ExportApiProps) {
    super(scope, id);
    const { exports, syncs, functions } = props;
    const stateMachines: Partial<Record<DeploymentVariable, string>> = {
      LIBRARY_EXPORT_STATE_MACHINE_ARN: exports.stateMachineArn,
      LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: syncs.stateMachineArn,
    };
    this.function = functions.add(this, "Api", {
      description: "Answers the requests of the HTTP API",
      // API Gateway waits no longer.
      timeout: Duration.seconds(29),
      environment: stateMachines,
      statements: [...functions.accessOf("Api"), ...this.#useExecutions(exports, syncs)],
    });
    this.restApi = this.#restApi(props);
    this.#route();
    answerWithProblems(this.restApi);
    this.#acknowledge();
  }

  #restApi(props: ExportApiProps): RestApi {
    const { vpcEndpointIds, throttlingRateLimit = 10, throttlingBurstLimit = 20 } = props;
    const restApi = new RestApi(this, "RestApi", {
      // What its metrics are told by: two deployments of an account must not share it.
      restApiName: Names.uniqueResourceName(this, { maxLength: 64 }),
      description: "Starts, shows and stops exports and syncs of vSphere Content Libraries",
      endpointConfiguration: this.#endpoint(vpcEndpointIds),
      ...(vpcEndpointIds && { policy: privateApiPolicy(vpcEndpointIds) }),
      cloudWatchRole: props.cloudWatchRole ?? true,
      defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
      deployOptions: {
        throttlingRateLimit,
        throttlingBurstLimit,
        tracingEnabled: true,
        accessLogDestination: new LogGroupLogDestination(
          new LogGroup(this, "AccessLogs", {
            retention: props.logRetention ?? RetentionDays.SIX_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        ),
        accessLogFormat: accessLogFormat(),
      },
    });
    // CDK's own output, which would stand beside the stack's.
    restApi.node.tryRemoveChild("Endpoint");
    return restApi;
  }

  #endpoint(vpcEndpointIds: string[] | undefined): EndpointConfiguration {
    if (vpcEndpointIds === undefined) return { types: [EndpointType.REGIONAL] };
    const vpcEndpoints = vpcEndpointIds.map((vpcEndpointId, index) =>
      InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, `VpcEndpoint${index}`, {
        vpcEndpointId,
        port: 443,
      }),
    );
    return { types: [EndpointType.PRIVATE], vpcEndpoints };
  }

  #route(): void {
    const integration = new LambdaIntegration(this.function, { allowTestInvoke: false });
    for (const name of COLLECTIONS) {
      const all = this.restApi.root.addResource(name);
      const one = all.addResource("{id}");
      for (const method of ["GET", "POST"]) all.addMethod(method, integration);
      for (const method of ["GET", "DELETE"]) one.addMethod(method, integration);
    }
  }

  #useExecutions(exports: StateMachine, syncs: StateMachine): PolicyStatement[] {
    const both = [exports, syncs];
    return [
      new PolicyStatement({
        actions: ["states:StartExecution", "states:ListExecutions"],
        resources: both.map(({ stateMachineArn }) => stateMachineArn),
      }),
      new PolicyStatement({
        actions: ["states:DescribeExecution", "states:GetExecutionHistory", "states:StopExecution"],
        resources: both.map(executionsOf),
      }),
      // How many items of a page have ended.
      new PolicyStatement({ actions: ["states:DescribeMapRun"], resources: [mapRunsOf(syncs)] }),
    ];
  }

  #acknowledge(): void {
    Validations.of(this.restApi).acknowledge(
      {
        id: "AwsSolutions-APIG2",
        reason: "The function validates every request, and answers with what is wrong about it",
      },
      {
        id: "AwsSolutions-APIG3",
        reason: "Only signed requests come as far as the function; a web ACL can be put before the stage",
      },
      {
        id: "AwsSolutions-APIG6",
        reason: "Access logs have the errors of each request; execution logs repeat them, and never expire",
      },
      {
        id: "AwsSolutions-COG4",
        reason: "IAM authorises: those who call are people and programs of AWS accounts, not users of an app",
      },
      {
        id: "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
        reason: "API Gateway wants this policy of the role that writes the logs of all of an account's APIs",
      },
    );
  }
}

/** A line of JSON for each request; of its body and its answer nothing. */
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: AccessLogField.contextRequestId(),
      time: AccessLogField.contextRequestTime(),
      caller: AccessLogField.contextIdentityUserArn(),
      sourceIp: AccessLogField.contextIdentitySourceIp(),
      method: AccessLogField.contextHttpMethod(),
      path: AccessLogField.contextPath(),
      status: AccessLogField.contextStatus(),
      milliseconds: AccessLogField.contextResponseLatency(),
      error: AccessLogField.contextErrorResponseType(),
      integrationError: AccessLogField.contextIntegrationErrorMessage(),
    }),
  );
}
