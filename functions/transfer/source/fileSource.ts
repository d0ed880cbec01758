import { type FileHandle, open } from "node:fs/promises";
import { SourceChanged, SourceRefused } from "../../errors.ts";
import type { Source, SourceStream } from "./source.ts";

/** A file of this machine's file system, such as one of a mounted datastore. Any range of it can be read. */
export function fileSource({ path, fileName }: { path: string; fileName: string }): Source {
  return {
    async open({ start, end }, signal) {
      signal.throwIfAborted();
      const file = await open(path).catch((error: NodeJS.ErrnoException) => {
        throw new SourceRefused(`"${fileName}" cannot be read from its mount: ${error.code}`, {
          cause: error,
        });
      });
      const { size, mtimeMs, ino } = await file.stat();
      return fileStream(file, { start, end: Math.min(end ?? size, size), size, etag: `"${ino}-${mtimeMs}"` });
    },
  };

  function fileStream(
    file: FileHandle,
    { start, end, size, etag }: { start: number; end: number; size: number; etag: string },
  ): SourceStream {
    let offset = start;
    let closed = false;
    return {
      start,
      total: size,
      etag,
      ranged: true,
      get offset() {
        return offset;
      },
      async fill(buffer) {
        let filled = 0;
        while (filled < buffer.length && offset < end) {
          const length = Math.min(buffer.length - filled, end - offset);
          const { bytesRead } = await file.read(buffer, filled, length, offset);
          if (bytesRead === 0)
            throw new SourceChanged(`"${fileName}" became shorter while it was being read`);
          filled += bytesRead;
          offset += bytesRead;
        }
        return filled;
      },
      close() {
        if (closed) return;
        closed = true;
        void file.close();
      },
    };
  }
}
