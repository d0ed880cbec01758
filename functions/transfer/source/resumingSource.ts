import type { Clock } from "../../clock.ts";
import { SourceChanged, TransferInterrupted } from "../../errors.ts";
import { EndpointBusy } from "./httpAnswer.ts";
import type { Source, SourceStream } from "./source.ts";

/** Failures in a row, without a single byte of progress, after which a connection is given up. */
const MAX_FAILURES = 5;
const FIRST_WAIT_MILLISECONDS = 500;
const LONGEST_WAIT_MILLISECONDS = 15_000;

/** How long to wait after the `failures`th failure in a row. */
export function waitAfter(failures: number): number {
  return Math.min(FIRST_WAIT_MILLISECONDS * 2 ** (failures - 1), LONGEST_WAIT_MILLISECONDS);
}

/** Trouble after which the same request may succeed. */
export function isInterruption(error: unknown): boolean {
  return error instanceof TransferInterrupted || error instanceof EndpointBusy;
}

/**
 * A source whose streams survive broken connections where the server can resume: the next request asks for the
 * bytes from the break on, and its answer must be of the very same file. Every byte of progress resets the bound.
 * A body that ends cleanly before the end that was announced is a broken connection like any other. Where the server
 * cannot resume, a stream breaks as before, with TransferInterrupted.
 *
 * @throws SourceChanged when the endpoint's size, ETag or support for ranges is not what it was
 */
export function resumingSource(
  source: Source,
  { clock, fileName }: { clock: Clock; fileName: string },
): Source {
  return {
    async open(range, signal) {
      const first = await source.open(range, signal);
      return first.ranged ? resumingStream(first) : first;

      function resumingStream(opened: SourceStream): SourceStream {
        let stream = opened;
        let failures = 0;
        let offsetOfLastFailure = opened.start;
        return {
          start: opened.start,
          total: opened.total,
          etag: opened.etag,
          ranged: true,
          get offset() {
            return stream.offset;
          },
          async fill(buffer) {
            const start = stream.offset;
            for (;;) {
              try {
                const wanted = buffer.subarray(stream.offset - start);
                if ((await stream.fill(wanted)) < wanted.length) requireEnd(stream.offset);
                return stream.offset - start;
              } catch (error) {
                stream.close();
                stream = await resume(stream.offset, error);
              }
            }
          },
          close: () => stream.close(),
        };

        /** A body of which no length was told can end cleanly anywhere. */
        function requireEnd(offset: number): void {
          if (opened.total === undefined) return;
          const end = Math.min(opened.total, range.end ?? opened.total);
          if (offset >= end) return;
          throw new TransferInterrupted(
            `The download of "${fileName}" ended at byte ${offset} of the ${end} that were announced`,
          );
        }

        async function resume(offset: number, failure: unknown): Promise<SourceStream> {
          let error = failure;
          if (offset > offsetOfLastFailure) failures = 0;
          offsetOfLastFailure = offset;
          for (;;) {
            if (!isInterruption(error)) throw error;
            failures += 1;
            if (failures >= MAX_FAILURES) throw error;
            await clock.sleep(waitAfter(failures), signal);
            try {
              return same(await source.open({ ...range, start: offset }, signal));
            } catch (caught) {
              error = caught;
            }
          }
        }

        function same(next: SourceStream): SourceStream {
          const change = difference(opened, next);
          if (change === undefined) return next;
          next.close();
          throw new SourceChanged(
            `The endpoint of "${fileName}" changed while it was being downloaded: ${change}`,
          );
        }
      }
    },
  };
}

function difference(before: SourceStream, now: SourceStream): string | undefined {
  if (!now.ranged) return "it no longer serves ranges";
  if (now.total !== before.total) return `its size was ${before.total} and is ${now.total}`;
  if (now.etag !== before.etag) return "its ETag is another";
  return undefined;
}
