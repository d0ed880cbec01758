import { SETTINGS, type SettingName } from "../../cdk/contextSettings.ts";

/** What properties of the construct are called where a number has to name its unit. */
const PROPERTY: Partial<Record<SettingName, string>> = {
  partSizeMiB: "partSize",
  prepareTimeoutHours: "prepareTimeout",
  expectSuccessWithinHours: "expectSuccessWithin",
  logRetentionDays: "logRetention",
  noncurrentVersionDays: "noncurrentVersionExpiration",
};

/** CDK's own, which have no docblock here. */
const OF_EVERY_STACK: Told[] = [
  {
    name: "stackName",
    what: "Name of the stack. Where there are several, each needs an event bus of its own.",
    without: "`LibraryExport`",
  },
  { name: "tags", what: "Tags of all that the stack makes.", without: "none" },
];

interface Told {
  name: string;
  what: string;
  without: string;
}

/**
 * The settings of the stack, from the docblocks of the properties that they become.
 * @param sources of `LibraryExportProps`, `LibraryExportStackProps`, `ExistingVpc`, `ExecutionSchedule` and `ApiOptions`
 * @throws Error naming a setting that no docblock tells of
 */
export function settingsPage(sources: string): string {
  const properties = [
    ...OF_EVERY_STACK,
    ...propertiesOf("LibraryExportStackProps", sources),
    ...propertiesOf("LibraryExportProps", sources),
  ];
  const settings = SETTINGS.map((name) => {
    const told = properties.find((property) => property.name === (PROPERTY[name] ?? name));
    if (told === undefined) throw new Error(`No docblock tells of the setting ${name}`);
    return { ...told, name };
  });
  return `# Settings of the stack

Written by \`npm run docs\` from the properties in [\`cdk/libraryExportProps.ts\`](../cdk/libraryExportProps.ts) and
[\`cdk/libraryExportStack.ts\`](../cdk/libraryExportStack.ts). Settings are context, given with the deployment or kept in
\`cdk.json\`, under \`context\`:

\`\`\`sh
${EXAMPLES.map((example) => `npm run deploy -- ${example}`).join("\n")}
\`\`\`

On the command line, names in a list are parted by commas, and what has fields is JSON. A setting that there is none of
is an error, as is a value that cannot be. In an app of your own the construct \`LibraryExport\` has properties for the
same, which take buckets, keys, networks and durations of CDK.

${table(settings)}
## The fields of \`vpc\`

${table(propertiesOf("ExistingVpc", sources))}
## The fields of a schedule

\`schedules\` and \`syncSchedules\` are objects, with the schedules' names as keys.

${table(propertiesOf("ExecutionSchedule<Input>", sources))}
## The fields of \`api\`

${table(propertiesOf("ApiOptions", sources))}`;
}

/** Each is tried by a test. */
const EXAMPLES = [
  "-c library-export:bucketName=golden-images -c library-export:destinationBucketNames=archive,mirror",
  `-c library-export:vpc='{"vpcId":"vpc-1","subnetIds":["subnet-1"],"availabilityZones":["eu-central-1a"]}'`,
  `-c library-export:schedules='{"nightly":{"expression":"cron(0 2 * * ? *)","input":{"vcenter":"lab","libraryItemId":"..."}}}'`,
  `-c library-export:syncSchedules='{"weekly":{"expression":"rate(7 days)","input":{"vcenter":"lab","library":"Golden Images"}}}'`,
  "-c library-export:api=true -c library-export:notifyFailures=true",
];

function propertiesOf(interfaceName: string, sources: string): Told[] {
  const [, body = ""] = sources.split(`interface ${interfaceName}`);
  const [own = ""] = body.split("\n}\n");
  return [...own.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+)\??:/g)].map(
    ([, docblock = "", name = ""]) => {
      const text = docblock
        .replace(/^\s*\*? ?/gm, "")
        .replace(/\s+/g, " ")
        .trim();
      const [what = "", without] = text.split(/\s*@default /);
      return { name, what, without: without === undefined ? "must be given" : defaultText(without) };
    },
  );
}

/** `- a new one`, `false - such a file is refused` or a value, as a page says it. */
function defaultText(text: string): string {
  if (text.startsWith("- ")) return text.slice(2);
  const [value = "", ...because] = text.split(" - ");
  const [, unit, number] = /^Duration\.(\w+)\((\d+)\)$/.exec(value) ?? [];
  const shown = unit === undefined ? `\`${value}\`` : `${number} ${unit}`;
  return because.length === 0 ? shown : `${shown}: ${because.join(" - ")}`;
}

function table(rows: Told[]): string {
  const lines = rows.map(({ name, what, without }) => `| \`${name}\` | ${what} | ${without} |`);
  return `| name | what it is | without it |\n|---|---|---|\n${lines.join("\n")}\n`;
}
