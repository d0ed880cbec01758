import { CfnOutput, Stack, type StackProps, Tags } from "aws-cdk-lib";
import { SecurityGroup, Subnet, Vpc } from "aws-cdk-lib/aws-ec2";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Key } from "aws-cdk-lib/aws-kms";
import { Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { LibraryExport, type LibraryExportProps, type NetworkProps } from "./libraryExport.ts";

/** What is in the account already is told by name here, so that every setting can be a line of context. */
export interface LibraryExportStackProps
  extends StackProps,
    Omit<
      LibraryExportProps,
      | "bucket"
      | "destinationBuckets"
      | "stagingBucket"
      | "kmsKey"
      | "profileSecretsKey"
      | "network"
      | "eventBus"
    > {
  /**
   * Existing bucket that exports go to whose input names none.
   * @default - a new one
   */
  readonly bucketName?: string;

  /**
   * Further existing buckets that an input may name.
   * @default - none
   */
  readonly destinationBucketNames?: string[];

  /**
   * Existing bucket for bytes whose checksum vCenter tells only afterwards.
   * @default - the destination bucket
   */
  readonly stagingBucketName?: string;

  /**
   * ARN of the KMS key that encrypts the exported objects, and a new bucket.
   * @default - as the bucket has it
   */
  readonly kmsKeyArn?: string;

  /**
   * ARN of the KMS key that encrypts the secrets of the vCenter profiles.
   * @default - the account's key of Secrets Manager
   */
  readonly profileSecretsKeyArn?: string;

  /**
   * Existing bus whose `Export Requested` and `Sync Requested` events start exports and syncs.
   * @default - the default bus
   */
  readonly eventBusName?: string;

  /**
   * Existing VPC that the functions run in.
   * @default - none
   */
  readonly vpc?: ExistingVpc;
}

export interface ExistingVpc {
  /** Id of a VPC that reaches vCenter on port 443. */
  readonly vpcId: string;

  /** Subnets of the functions, in the order of `availabilityZones`. */
  readonly subnetIds: string[];

  /** The zone of each subnet. */
  readonly availabilityZones: string[];

  /**
   * Security groups of the functions.
   * @default - a new one that lets out everything and lets in nothing
   */
  readonly securityGroupIds?: string[];

  /**
   * Whether the VPC has a gateway endpoint for S3.
   * @default - not known, so that synthesis warns
   */
  readonly hasS3GatewayEndpoint?: boolean;
}

/** What `npm run deploy` deploys: the construct, what it uses, and outputs for those who start exports. */
export class LibraryExportStack extends Stack {
  readonly libraryExport: LibraryExport;

  constructor(scope: Construct, id: string, props: LibraryExportStackProps = {}) {
    super(scope, id, { description: "Exports vSphere Content Library items to Amazon S3", ...props });
    const { bucketName, destinationBucketNames, stagingBucketName, kmsKeyArn, profileSecretsKeyArn, vpc } =
      props;
    const bucket = (name: string) => Bucket.fromBucketName(this, `Bucket-${name}`, name);
    this.libraryExport = new LibraryExport(this, "LibraryExport", {
      ...props,
      ...(bucketName && { bucket: bucket(bucketName) }),
      ...(destinationBucketNames && { destinationBuckets: destinationBucketNames.map(bucket) }),
      ...(stagingBucketName && { stagingBucket: bucket(stagingBucketName) }),
      ...(kmsKeyArn && { kmsKey: Key.fromKeyArn(this, "ObjectKey", kmsKeyArn) }),
      ...(profileSecretsKeyArn && {
        profileSecretsKey: Key.fromKeyArn(this, "ProfileSecretsKey", profileSecretsKeyArn),
      }),
      ...(props.eventBusName && {
        eventBus: EventBus.fromEventBusName(this, "EventBus", props.eventBusName),
      }),
      ...(vpc && { network: this.#network(vpc) }),
    });
    Tags.of(this).add("application", "library-export");

    const { stateMachine, sync, profileSecretPrefix, stateMachineLogs, failureTopic, api } =
      this.libraryExport;
    this.#output("StateMachineArn", "Start executions of it", stateMachine.stateMachineArn);
    this.#output("SyncStateMachineArn", "The same for whole libraries", sync.stateMachine.stateMachineArn);
    this.#output("BucketName", "Exports go there by default", this.libraryExport.bucket.bucketName);
    this.#output(
      "ProfileSecretPrefix",
      "Names of vCenter profiles' secrets begin with it",
      profileSecretPrefix,
    );
    this.#output("StateMachineLogGroup", "What each state did", stateMachineLogs.logGroupName);
    if (api) this.#output("ApiUrl", "The HTTP API; requests have to be signed", api.restApi.url);
    if (failureTopic) {
      this.#output("FailureTopicArn", "Subscribe to hear of failed exports", failureTopic.topicArn);
    }
  }

  #network({ vpcId, subnetIds, availabilityZones, securityGroupIds, hasS3GatewayEndpoint }: ExistingVpc) {
    const network: NetworkProps = {
      vpc: Vpc.fromVpcAttributes(this, "Vpc", { vpcId, availabilityZones }),
      subnets: { subnets: subnetIds.map((subnetId) => Subnet.fromSubnetId(this, subnetId, subnetId)) },
      ...(securityGroupIds && {
        securityGroups: securityGroupIds.map((id) => SecurityGroup.fromSecurityGroupId(this, id, id)),
      }),
      ...(hasS3GatewayEndpoint !== undefined && { hasS3GatewayEndpoint }),
    };
    return network;
  }

  #output(id: string, description: string, value: string): void {
    new CfnOutput(this, id, { description, value });
  }
}
