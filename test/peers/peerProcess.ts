import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that runs until it is stopped. */
export interface PeerProcess {
  /** What it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * Starts a program and waits until it answers.
 * @param ready whether it does; asked again until it says so, or the program has ended
 * @throws Error with what the program wrote, when it ends or does not answer within 30 seconds
 */
export async function startPeer(
  program: string,
  words: string[],
  { environment = {}, ready }: { environment?: Record<string, string>; ready: () => Promise<boolean> },
): Promise<PeerProcess> {
  // Nothing of the developer's own (AWS, govc) reaches it.
  const { PATH, HOME } = process.env;
  const child = spawn(...boundToThisProcess(program, words), {
    env: { PATH, HOME, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that what it starts ends with it.
    detached: true,
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      written = (written + chunk.toString()).slice(-20_000);
    });
  }
  const ended = once(child, "exit");
  const peer: PeerProcess = { output: () => written, stop: () => stop(child, ended) };
  const outcome = await Promise.race([
    untilReady(ready, AbortSignal.timeout(30_000)),
    ended.then(
      () => "ended before it answered",
      (error: unknown) => `could not be started (${error})`,
    ),
  ]);
  if (outcome === "ready") return peer;
  await peer.stop();
  throw new Error(`${program} ${outcome}. It wrote:\n${written}`);
}

/** However this process ends (Ctrl-C, a time limit), the peer ends with it: where Linux can see to that. */
function boundToThisProcess(program: string, words: string[]): [string, string[]] {
  if (process.platform !== "linux") return [program, words];
  return ["setpriv", ["--pdeathsig", "TERM", program, ...words]];
}

async function untilReady(ready: () => Promise<boolean>, signal: AbortSignal): Promise<string> {
  let reason: unknown = "";
  while (!signal.aborted) {
    // A program that is just starting may take a connection and never answer on it.
    const answered = Promise.race([ready(), sleep(2000, false)]);
    const isReady = await answered.catch((error: unknown) => {
      reason = error;
      return false;
    });
    if (isReady) return "ready";
    await sleep(50);
  }
  return `did not answer as it should within 30 seconds (${reason})`;
}

async function stop({ pid, exitCode, signalCode }: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(-pid, "SIGTERM");
  const impatience = setTimeout(() => process.kill(-pid, "SIGKILL"), 5000);
  await ended;
  clearTimeout(impatience);
}

/** A port of 127.0.0.1 that nobody listens on, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string")
    throw new TypeError("a TCP server's address has a port");
  return address.port;
}
