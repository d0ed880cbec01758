import { z } from "zod";
import { type ExportEnded, exportEndedSchema } from "../../functions/export/exportEnded.ts";
import { type ExportInput, exportInputSchema } from "../../functions/input.ts";

const requested: ExportInput = { vcenter: "lab", library: "Golden images", item: "ubuntu-24.04" };

const ended: ExportEnded = {
  execution: "arn:aws:states:REGION:ACCOUNT:execution:STATE-MACHINE:NAME",
  vcenter: "lab",
  libraryItemId: "2f8a7a0e-6a0c-4c0f-9a3e-0d1c7a1f5b11",
  library: "Golden images",
  item: "ubuntu-24.04",
  contentVersion: "3",
  status: "FAILED",
  counts: { exported: 1, unchanged: 0, failed: 1, bytes: 1_288_490_188 },
  manifest: { bucket: "my-archive", key: "vsphere/Golden images/ubuntu-24.04/.export.json" },
  error: { name: "ChecksumMismatch", message: '1 of 2 files failed: "disk-0.vmdk": ...' },
};

/** The events that start exports and tell how they ended, with the schemas that judge and make them. */
export function eventsPage(): string {
  return `# Events

Written by \`npm run docs\` from \`functions/input.ts\` and \`functions/export/exportEnded.ts\`.

## In: \`Export Requested\`

Whoever may put events on the deployment's bus (the default bus unless \`eventBusName\` names another) starts exports. The
source is yours to choose; the detail is the input of the execution.

\`\`\`sh
aws events put-events --entries '${JSON.stringify([
    { Source: "my-team", DetailType: "Export Requested", Detail: JSON.stringify(requested) },
  ])}'
\`\`\`

A detail that is no valid input starts an execution that fails with \`InvalidInput\` and names the field. An event that
cannot be delivered waits in the dead-letter queue, and raises an alarm. EventBridge may deliver an event twice: the
second export finds the files \`UNCHANGED\`, or, when it runs beside the first, loses to it by \`DestinationChanged\` on
the files that the first one published. No object is damaged.

The schema of the detail:

${jsonBlock(jsonSchema(exportInputSchema))}

## Out: \`Export Succeeded\`, \`Export Failed\`

Their source is \`library-export\`, on the default bus. Every execution sends one of them at its end. For one that was
stopped, ran out of time or died, the clean-up sends \`Export Failed\`. Like every event, it may come twice.

A pattern for the failures of one vCenter:

${jsonBlock({ source: ["library-export"], "detail-type": ["Export Failed"], detail: { vcenter: ["lab"] } })}

An example of the detail:

${jsonBlock(exportEndedSchema.parse(ended))}

Its schema:

${jsonBlock(jsonSchema(exportEndedSchema))}
`;
}

/** Of what is sent: a field with a default need not be there. */
function jsonSchema(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: "input" });
}

function jsonBlock(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``;
}
