import { Worker } from "node:worker_threads";
import type { ChecksumAlgorithm } from "../checksum.ts";
import { InternalError } from "../errors.ts";
import type { Digest } from "./digest.ts";

/** What the thread answers to bytes, and what to null: the CRC-32 of those bytes, or all checksums so far. */
type Answer = number | string[];

/**
 * A digest in a thread of its own. Bytes in shared memory are read where they are; others would be copied on their
 * way to it.
 */
export function startHashThread(algorithms: readonly ChecksumAlgorithm[]): Digest {
  const worker = new Worker(`(${hashWhatComes})()`, {
    // A bundle is one file, so there is none that a thread of its own could be started from.
    eval: true,
    workerData: algorithms,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  });
  const waiting: PromiseWithResolvers<Answer>[] = [];
  let failure: Error | undefined;
  const fail = (cause: unknown) => {
    failure ??= new InternalError("The thread that computes checksums has ended", { cause });
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on("message", (answer: Answer) => waiting.shift()?.resolve(answer));
  worker.on("error", fail);
  worker.on("exit", fail);

  return {
    update: async (bytes) => Number(await ask(bytes)),
    async values() {
      const values = [await ask(null)].flat();
      return new Map(algorithms.map((algorithm, index) => [algorithm, String(values[index])]));
    },
    save: () => undefined,
    close: () => void worker.terminate(),
  };

  async function ask(what: Uint8Array | null): Promise<Answer> {
    if (failure) throw failure;
    const answer = Promise.withResolvers<Answer>();
    waiting.push(answer);
    worker.postMessage(what);
    return await answer.promise;
  }
}

/**
 * The thread's whole program. Its text is what is run, so it uses nothing of this file. It goes through the bytes in
 * pieces that stay in the processor's cache from the first computation to the last.
 */
function hashWhatComes(): void {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const { crc32 } = process.getBuiltinModule("node:zlib");
  const PIECE_BYTES = 256 * 1024;
  const hashes = (workerData as string[]).map((algorithm) => createHash(algorithm)); // what startHashThread gives
  parentPort?.on("message", (bytes: Uint8Array | null) => {
    if (bytes === null) return parentPort.postMessage(hashes.map((hash) => hash.copy().digest("hex")));
    let crc = 0;
    for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
      const piece = bytes.subarray(offset, offset + PIECE_BYTES);
      crc = crc32(piece, crc);
      for (const hash of hashes) hash.update(piece);
    }
    parentPort.postMessage(crc);
  });
}
