import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";

const SLICE_BYTES = 512 * 1024;
/** The first slice travels with the request's head, and is copied into one piece of memory with it. */
const FIRST_SLICE_BYTES = 16 * 1024;

/**
 * Lets the client send bodies in slices, each when the one before is on its way. Given a part in one piece, Node
 * encrypts all of it at once: 8 MiB more for every part in flight, out of the processor's cache by the time they are
 * sent. Signatures and retries see the whole body, so a slice is never what is repeated.
 */
export function sendBodiesInSlices(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as object & { body?: unknown }; // the SDK's HttpRequest, typed unknown here
      const { body } = request;
      if (!(body instanceof Uint8Array) || body.length <= SLICE_BYTES) return next(args);
      const sliced = Object.assign(Object.create(Object.getPrototypeOf(request)), request, {
        body: Readable.from(slicesOf(body), { objectMode: false, highWaterMark: SLICE_BYTES }),
      });
      return next({ ...args, request: sliced });
    },
    // Behind signing and retrying.
    { step: "finalizeRequest", priority: "low", name: "sendBodiesInSlices" },
  );
}

function* slicesOf(body: Uint8Array): Generator<Uint8Array> {
  yield body.subarray(0, FIRST_SLICE_BYTES);
  for (let offset = FIRST_SLICE_BYTES; offset < body.length; offset += SLICE_BYTES) {
    yield body.subarray(offset, offset + SLICE_BYTES);
  }
}
