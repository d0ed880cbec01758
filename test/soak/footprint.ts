import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { queryObjects } from "node:v8";

/** What this process holds when nothing runs. */
export interface Footprint {
  /** Objects of every class, functions, promises and buffers among them, after a collection. */
  objects: number;
  /** Bytes of objects and of compiled code, after a collection. */
  heap: number;
  /** Bytes of buffers, after a collection. */
  buffers: number;
  sockets: number;
  /** Timers, workers, processes and all else that would keep the process alive. */
  otherResources: number;
  /** Undefined where the system does not tell. */
  fileDescriptors: number | undefined;
  threads: number | undefined;
  /** Bytes; told, not judged: what is given back to the system, and when, is the allocator's business. */
  residentSet: number;
}

/** Waits until nothing is on its way any more, collects, and measures. */
export async function footprint(): Promise<Footprint> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error("Node was not started with --expose-gc");
  await settled();
  for (let time = 0; time < 3; time += 1) {
    collect();
    await pause(20);
  }
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  const sockets = resources.filter((name) => /Socket|TLS|TCP(?!Server)/.test(name)).length;
  return {
    objects: queryObjects(Object, { format: "count" }),
    heap: heapUsed,
    buffers: Math.max(external, arrayBuffers),
    sockets,
    otherResources: resources.length - sockets,
    fileDescriptors: onLinux(() => readdirSync("/proc/self/fd").length),
    threads: onLinux(() => Number(/^Threads:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1])),
    residentSet: rss,
  };
}

/** Connections and timers that are about to end get the time for it. */
async function settled(): Promise<void> {
  let before = -1;
  for (let same = 0, tries = 0; same < 5 && tries < 100; tries += 1) {
    await pause(20);
    const now = process.getActiveResourcesInfo().length;
    same = now === before ? same + 1 : 0;
    before = now;
  }
}

function onLinux(read: () => number): number | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
