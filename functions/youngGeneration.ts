import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's space for new objects at its first size, 1 MiB. Moving a file makes many small objects that die at once,
 * and so does reading thousands of manifests; left alone, V8 takes tens of MiB for them over the first gigabytes, or
 * more than a hundred in a sync of 10,000 items, and is no faster for it.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
