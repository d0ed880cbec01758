/**
 * Does work with a signal that is aborted when the time is over.
 * `AbortSignal.timeout` would stay for the whole of the time, long after the work has ended.
 * @returns what the work returns, which has to end when the signal is aborted
 * @throws whatever the work throws; the signal's reason is a TimeoutError, as that of `AbortSignal.timeout`
 */
export async function withTimeLimit<Result>(
  milliseconds: number,
  work: (expiry: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const expired = new AbortController();
  const timer = setTimeout(() => {
    expired.abort(new DOMException(`it took longer than ${milliseconds / 1000} s`, "TimeoutError"));
  }, milliseconds);
  try {
    return await work(expired.signal);
  } finally {
    clearTimeout(timer);
  }
}
