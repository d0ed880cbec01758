import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { readOvfDescriptor } from "../../../functions/sync/ovfDescriptor.ts";
import { bodyText } from "../../../functions/vsphere/body.ts";
import type { Codec } from "../../../functions/vsphere/dialect.ts";
import { jsonCodec } from "../../../functions/vsphere/json.ts";
import { operations } from "../../../functions/vsphere/operations.ts";
import { xmlCodec } from "../../../functions/vsphere/xml.ts";

// A thread of bombs.fuzz.ts: reads one document, and tells what became of it.
const kind = z.enum(["answer in XML", "answer in JSON", "descriptor"]);
const { what, document } = z.object({ what: kind, document: z.string() }).parse(workerData);
try {
  if (what === "descriptor") readOvfDescriptor(document);
  else readAnswer(what === "answer in XML" ? xmlCodec : jsonCodec);
  parentPort?.postMessage("read");
} catch (error) {
  parentPort?.postMessage(error instanceof Error ? error.name : String(error));
}

function readAnswer({ read, readError }: Codec): void {
  const text = bodyText({ status: 200, headers: {}, body: Buffer.from(document) });
  read(operations.getLibrary, text);
  readError(text);
}
