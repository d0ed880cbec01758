/** Who takes part in the export of one file, from left to right. */
const PARTIES = ["Step Functions", "Lambda", "vCenter", "ESXi or vCenter", "S3"] as const;
type Party = (typeof PARTIES)[number];

/** A message, or a heading over those that follow it. */
type Step = [from: Party, to: Party, what: string] | string;

/** One export whose checksum vCenter tells only afterwards, with a file larger than a part. */
const STEPS: Step[] = [
  "ResolveItem",
  ["Step Functions", "Lambda", "input"],
  ["Lambda", "vCenter", "log in; find item; list files"],
  ["Lambda", "S3", "HEAD keys; read manifest"],
  ["Lambda", "Step Functions", "plan of every file"],
  "PrepareFile, once for each file from here on",
  ["Step Functions", "Lambda", "file"],
  ["Lambda", "S3", "run record: what is about to be opened"],
  ["Lambda", "vCenter", "create download session; prepare file"],
  "WaitForPreparation, PollFile, until PREPARED",
  ["Step Functions", "Lambda", "session"],
  ["Lambda", "vCenter", "keep alive; status of the file"],
  "TransferFile, again from its cursor where the time ends",
  ["Step Functions", "Lambda", "session, cursor"],
  ["Lambda", "vCenter", "get endpoint and its thumbprint"],
  ["Lambda", "S3", "CreateMultipartUpload (staging key)"],
  ["Lambda", "ESXi or vCenter", "GET with Range, certificate pinned"],
  ["ESXi or vCenter", "Lambda", "bytes: four digests, and a CRC-32 of each part"],
  ["Lambda", "S3", "UploadPart, several at a time"],
  ["Lambda", "vCenter", "keep alive with the true percentage"],
  ["Lambda", "vCenter", "after the last byte: checksum and size"],
  ["Lambda", "S3", "verified: CompleteMultipartUpload (staging key)"],
  ["Lambda", "S3", "UploadPartCopy, Complete: final key, checksum in metadata"],
  ["Lambda", "S3", "delete staging object"],
  "CompleteFile",
  ["Lambda", "vCenter", "delete download session; log out"],
  "FinishItem",
  ["Step Functions", "Lambda", "results of all files"],
  ["Lambda", "S3", "manifest; remove run records"],
  ["Lambda", "Step Functions", "report"],
];

const COLUMN = 230;
const ROW = 26;
const MARGIN = 100;
const TOP = 64;
const FONT = 'font-family="Helvetica,Arial,sans-serif"';

/** An SVG of who says what to whom while one file is exported, from top to bottom. */
export function sequencePicture(): string {
  const width = 2 * MARGIN + COLUMN * (PARTIES.length - 1);
  const height = TOP + ROW * (STEPS.length + 1);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    "<title>The export of one file</title>",
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#374151"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...PARTIES.flatMap((party) => drawParty(party, height)),
    ...STEPS.flatMap((step, index) => drawStep(step, TOP + ROW * (index + 1), width)),
    "</svg>",
  ].join("\n")}\n`;
}

function columnOf(party: Party): number {
  return MARGIN + COLUMN * PARTIES.indexOf(party);
}

function drawParty(party: Party, height: number): string[] {
  const x = columnOf(party);
  return [
    `<line x1="${x}" y1="44" x2="${x}" y2="${height - 8}" stroke="#9ca3af" stroke-dasharray="3 3"/>`,
    `<rect x="${x - 66}" y="14" width="132" height="30" rx="6" fill="#dbeafe" stroke="#1d4ed8"/>`,
    `<text x="${x}" y="34" text-anchor="middle" font-size="12" ${FONT}>${party}</text>`,
  ];
}

function drawStep(step: Step, y: number, width: number): string[] {
  if (typeof step === "string") {
    return [
      `<rect x="8" y="${y - 15}" width="${width - 16}" height="20" fill="#ede9fe"/>`,
      `<text x="14" y="${y}" font-size="12" fill="#6d28d9" ${FONT}>${step}</text>`,
    ];
  }
  const [from, to, what] = step;
  const [start, end] = [columnOf(from), columnOf(to)];
  const middle = (start + end) / 2;
  return [
    `<line x1="${start}" y1="${y}" x2="${end}" y2="${y}" stroke="#374151" marker-end="url(#arrow)"/>`,
    // A white edge keeps the words readable where they cross a line.
    `<text x="${middle}" y="${y - 5}" text-anchor="middle" font-size="11" fill="#111827" stroke="white" stroke-width="3" paint-order="stroke" ${FONT}>${what}</text>`,
  ];
}
