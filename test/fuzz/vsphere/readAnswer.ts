import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { bodyText } from "../../../functions/vsphere/body.ts";
import { jsonCodec } from "../../../functions/vsphere/json.ts";
import { operations } from "../../../functions/vsphere/operations.ts";
import { xmlCodec } from "../../../functions/vsphere/xml.ts";

// A thread of bombs.fuzz.ts: reads one answer, and tells what became of it.
const { codec, body } = z.object({ codec: z.enum(["xml", "json"]), body: z.string() }).parse(workerData);
try {
  const text = bodyText({ status: 200, headers: {}, body: Buffer.from(body) });
  const { read, readError } = codec === "xml" ? xmlCodec : jsonCodec;
  read(operations.getLibrary, text);
  readError(text);
  parentPort?.postMessage("read");
} catch (error) {
  parentPort?.postMessage(error instanceof Error ? error.name : String(error));
}
