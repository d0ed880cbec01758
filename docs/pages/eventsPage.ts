import * as z from "zod";
import { type ExportEnded, exportEndedSchema } from "../../functions/export/exportEnded.ts";
import { type ExportInput, exportInputSchema } from "../../functions/input.ts";
import { type SyncInput, syncInputSchema } from "../../functions/sync/input.ts";
import { type SyncEnded, syncEndedSchema, totalsOf } from "../../functions/sync/report.ts";

const exportRequested: ExportInput = { vcenter: "lab", library: "Golden images", item: "ubuntu-24.04" };
const syncRequested: SyncInput = { vcenter: "lab", library: "Golden images", onDelete: "mark" };

const execution = "arn:aws:states:REGION:ACCOUNT:execution:STATE-MACHINE:NAME";

const exportEnded: ExportEnded = {
  execution,
  startedBy: null,
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

const syncEnded: SyncEnded = {
  execution,
  vcenter: "lab",
  libraryId: "6c93b0ef-7ca0-47af-946b-04e0e15a5bae",
  library: "Golden images",
  status: "SYNCHRONIZED",
  counts: { ...totalsOf([], false).counts, EXPORTED: 3, UNCHANGED: 195, NOT_EXPORTABLE: 2, MARKED: 1 },
  filesMoved: 7,
  bytesMoved: 5_153_960_755,
  index: { bucket: "my-archive", key: "vsphere/Golden images/lib.json" },
  report: { bucket: "my-archive", key: "vsphere/.library-export/reports/NAME.json" },
  error: null,
};

/** The events that start exports and syncs and tell how they ended, with the schemas that judge and make them. */
export function eventsPage(): string {
  return `# Events

Written by \`npm run docs\` from \`functions/input.ts\`, \`functions/export/exportEnded.ts\`, \`functions/sync/input.ts\` and
\`functions/sync/report.ts\`.

## In: \`Export Requested\`, \`Sync Requested\`

Whoever may put events on the deployment's bus (the default bus unless \`eventBusName\` names another) starts exports of
items and syncs of whole libraries. The source is yours to choose; the detail is the input of the execution.

\`\`\`sh
aws events put-events --entries '${entries("Export Requested", exportRequested)}'
aws events put-events --entries '${entries("Sync Requested", syncRequested)}'
\`\`\`

A detail that is no valid input starts an execution that fails with \`InvalidInput\` and names the field. An event that
cannot be delivered waits in the dead-letter queue, and raises an alarm. EventBridge may deliver an event twice: the
second export finds the files \`UNCHANGED\`, or, when it runs beside the first, loses to it by \`DestinationChanged\` on
the files that the first one published; the second sync, on items that the first one exported. No object is damaged.

The schema of the detail of \`Export Requested\`:

${jsonBlock(jsonSchema(exportInputSchema))}

And that of \`Sync Requested\`:

${jsonBlock(jsonSchema(syncInputSchema))}

## Out: \`Export Succeeded\`, \`Export Failed\`

Their source is \`library-export\`, on the default bus. Every execution sends one of them at its end, the exports of a
sync as well, whose \`startedBy\` is the sync. For one that was stopped, ran out of time or died, the clean-up sends
\`Export Failed\`. Like every event, it may come twice.

A pattern for the failures of one vCenter:

${jsonBlock({ source: ["library-export"], "detail-type": ["Export Failed", "Sync Failed"], detail: { vcenter: ["lab"] } })}

An example of the detail:

${jsonBlock(exportEndedSchema.parse(exportEnded))}

Its schema:

${jsonBlock(jsonSchema(exportEndedSchema))}

## Out: \`Sync Succeeded\`, \`Sync Failed\`

The same for syncs. What became of each item is in the report that the detail names.

An example of the detail:

${jsonBlock(syncEndedSchema.parse(syncEnded))}

Its schema:

${jsonBlock(jsonSchema(syncEndedSchema))}
`;
}

function entries(detailType: string, detail: object): string {
  return JSON.stringify([{ Source: "my-team", DetailType: detailType, Detail: JSON.stringify(detail) }]);
}

/** Of what is sent: a field with a default need not be there. */
function jsonSchema(schema: z.ZodType): unknown {
  return z.toJSONSchema(schema, { io: "input" });
}

function jsonBlock(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``;
}
