import { Annotations, Aspects, Stack } from "aws-cdk-lib";
import {
  CfnVPCEndpoint,
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
  type SubnetSelection,
} from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { FunctionOptions } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { ContainerPlace } from "./definition.ts";

export interface NetworkProps {
  /** VPC that reaches vCenter on port 443. */
  readonly vpc: IVpc;

  /**
   * Subnets of the functions.
   * @default - the private subnets
   */
  readonly subnets?: SubnetSelection;

  /**
   * Security groups of the functions. They must let out port 443 to vCenter, its ESXi hosts (the download
   * endpoints), S3 and Secrets Manager.
   * @default - a new one that lets out everything and lets in nothing
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * Whether the VPC has a gateway endpoint for S3. Without one, every byte is paid for at a NAT gateway.
   * @default - looked for among the VPC endpoints of this app; if there is none, synthesis warns
   */
  readonly hasS3GatewayEndpoint?: boolean;
}

/** Where the functions run, when it is within a VPC. */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** For each function. */
  readonly functionOptions: Pick<FunctionOptions, "vpc" | "vpcSubnets" | "securityGroups">;
  /** For each task of the container route. */
  readonly containerPlace: ContainerPlace;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { vpc, subnets } = props;
    const securityGroups = props.securityGroups ?? [
      new SecurityGroup(this, "SecurityGroup", { vpc, description: "Functions of library-export" }),
    ];
    this.vpc = vpc;
    this.containerPlace = {
      subnetIds: vpc.selectSubnets(subnets).subnetIds,
      securityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId),
    };
    this.functionOptions = { vpc, securityGroups, ...(subnets && { vpcSubnets: subnets }) };
    if (props.hasS3GatewayEndpoint === undefined) this.#warnWithoutS3Endpoint(vpc);
  }

  /** Looked for at synthesis: an endpoint may be added to the VPC after this construct. */
  #warnWithoutS3Endpoint(vpc: IVpc): void {
    Aspects.of(this).add({
      visit: (node) => {
        if (node !== this || this.node.root.node.findAll().some((other) => isS3Endpoint(other, vpc))) return;
        Annotations.of(this).addWarningV2(
          "library-export:s3GatewayEndpoint",
          "The VPC has no gateway endpoint for S3 that this app knows of: exports would pass through a NAT gateway, " +
            "at a price for each gigabyte. Add one, or set hasS3GatewayEndpoint if there is one",
        );
      },
    });
  }
}

function isS3Endpoint(node: unknown, vpc: IVpc): boolean {
  if (!(node instanceof CfnVPCEndpoint)) return false;
  const resolve = (value: unknown) => JSON.stringify(Stack.of(node).resolve(value));
  return (
    resolve(node.vpcId) === resolve(vpc.vpcId) &&
    node.vpcEndpointType !== "Interface" &&
    /\.s3\b/.test(resolve(node.serviceName))
  );
}

/** What Lambda needs of the role of a function within a VPC. EC2 knows no resources for most of these actions. */
export function networkInterfaceStatement(): PolicyStatement {
  return new PolicyStatement({
    actions: [
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ],
    resources: ["*"],
  });
}
