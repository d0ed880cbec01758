/** What `npm run test:aws` needs, as docs/test-aws.md tells. */
export interface AwsTestSettings {
  region: string;
  /** Of a deployed stack; absent: the stack is not tested. */
  stack: { stateMachineArn: string; profile: string; itemId: string } | undefined;
  /** Absent: the simulator in this process. */
  vcenter: { environment: Record<string, string>; itemId: string } | undefined;
}

const PREFIX = "LIBRARY_EXPORT_TEST";

/** The settings from the environment, or the sentence that says what is missing. */
export function awsTestSettings(environment: NodeJS.ProcessEnv): AwsTestSettings | string {
  const get = (name: string) => environment[`${PREFIX}_${name}`] || undefined;
  const region = get("REGION");
  if (region === undefined) {
    return `npm run test:aws works in an AWS account of yours: it makes a bucket, fills it with some 100 MB, and deletes
it. Set ${PREFIX}_REGION to the region where it may, and have AWS credentials by the usual AWS rules.
docs/test-aws.md tells the permissions, and how to include a real vCenter and a deployed stack.`;
  }
  const [stateMachineArn, profile, itemId] = [get("STATE_MACHINE_ARN"), get("PROFILE"), get("ITEM_ID")];
  if (stateMachineArn !== undefined && (profile === undefined || itemId === undefined)) {
    return `${PREFIX}_STATE_MACHINE_ARN wants ${PREFIX}_PROFILE and ${PREFIX}_ITEM_ID beside it.`;
  }
  const { GOVC_URL } = environment;
  if (GOVC_URL && itemId === undefined)
    return `GOVC_URL wants ${PREFIX}_ITEM_ID beside it: the item to export.`;
  return {
    region,
    stack: stateMachineArn && profile && itemId ? { stateMachineArn, profile, itemId } : undefined,
    vcenter:
      GOVC_URL && itemId ? { environment: named(environment, /^(GOVC|LIBRARY_EXPORT)_/), itemId } : undefined,
  };
}

/** What a process needs to find region and credentials by the usual AWS rules. */
export function awsEnvironment({ region }: AwsTestSettings): Record<string, string> {
  return { ...named(process.env, /^(AWS_.*|HOME)$/), AWS_REGION: region };
}

function named(environment: NodeJS.ProcessEnv, pattern: RegExp): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && pattern.test(name)) found[name] = value;
  }
  return found;
}

/** @throws Error when something is missing: the run does not begin without */
export function requireSettings(): AwsTestSettings {
  const settings = awsTestSettings(process.env);
  if (typeof settings === "string") throw new Error(settings);
  return settings;
}
