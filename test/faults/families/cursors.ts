import { type Family, LARGE_BYTES, type Scenario } from "../scenario.ts";
import { before } from "./continuations.ts";

type Phase = "receiving" | "copying";
type Change = (value: unknown) => unknown;

const text: Change = (value) => `${value}x`;
const more: Change = (value) => Number(value) + 1;
const other: Change = (value) => !value;
const checksum: Change = () => ({ algorithm: "SHA1", value: "0".repeat(40), source: "item" });
const hex: Change = (value) => String(value).replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
/** Another state of the same hash function: the count of the bytes so far is in its last bytes. */
const midstate: Change = (value) => {
  const state = Buffer.from(String(value), "base64");
  const last = state.length - 20;
  state.writeUInt8(state.readUInt8(last) ^ 1, last);
  return state.toString("base64");
};

/** Every field of a cursor, and another value that it might have. */
const FIELDS: Record<Phase, Record<string, Change>> = {
  receiving: {
    fileName: text,
    exportId: text,
    startedAt: more,
    startedAnew: more,
    phase: () => "copying",
    upFront: checksum,
    "upload.bucket": text,
    "upload.key": text,
    "upload.uploadId": text,
    "plan.partSizeBytes": more,
    "plan.steadyParts": () => 1,
    parts: () => 0,
    offset: more,
    readers: more,
    crc32: more,
    midstates: () => null,
    "midstates.SHA256": midstate,
    "digests.SHA256": hex,
    "source.total": more,
    "source.etag": text,
  },
  copying: {
    fileName: text,
    exportId: text,
    startedAt: more,
    phase: () => "receiving",
    "staged.bucket": text,
    "staged.key": text,
    "staged.versionId": text,
    "staged.size": more,
    "staged.crc32": more,
    "checksum.algorithm": () => "SHA1",
    "checksum.value": hex,
    "checksum.source": () => "item",
    itemChecksumDiffers: other,
    "upload.bucket": text,
    "upload.key": text,
    "upload.uploadId": text,
  },
};

/** What goes on from a cursor that somebody, or something, has changed. */
export const cursors: Family = {
  title: "Cursors",
  about:
    "A transfer that ran out of time goes on from its cursor, which is part of the execution's state. Here one field " +
    "of it has another value then.",
  scenarios: [
    ...fieldsOf("receiving"),
    ...fieldsOf("copying"),
    whole("none", null, "EXPORTED"),
    whole("not a cursor", { phase: "receiving" }, "CursorInvalid"),
  ],
};

function fieldsOf(phase: Phase): Scenario[] {
  return Object.entries(FIELDS[phase]).map(([field, change]) =>
    scenario(phase, `${phase}: ${field}`, "CursorInvalid", (cursor) =>
      changed(cursor, field.split("."), change),
    ),
  );
}

function whole(name: string, cursor: unknown, outcome: string): Scenario {
  return scenario("receiving", `cursor: ${name}`, outcome, () => cursor);
}

function scenario(
  phase: Phase,
  name: string,
  outcome: string,
  replace: (cursor: unknown) => unknown,
): Scenario {
  return {
    name,
    fault: {
      during: ["TransferFile"],
      bytes: LARGE_BYTES,
      // vCenter's own checksum would give the change away at the end.
      given: { sessionChecksum: "never", sessionSize: "never" },
      around: before(phase, async ({ event }) => changed(event, ["transfer", "cursor"], replace)),
    },
    expect: { outcome },
  };
}

/** The value with another one at the path. */
function changed(value: unknown, [first, ...rest]: string[], change: Change): unknown {
  if (first === undefined) return change(value);
  const fields = new Map<string, unknown>(Object.entries(Object(value)));
  return { ...Object.fromEntries(fields), [first]: changed(fields.get(first), rest, change) };
}
