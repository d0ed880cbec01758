/**
 * What docs/scale.md calculates with. Replace a figure here and run `npm run docs`: nothing else holds a price or a
 * measurement.
 */

/**
 * List prices in dollars of us-east-1, without free tiers and discounts, from AWS's public price pages (Lambda, Step
 * Functions, S3, VPC, Fargate, Secrets Manager).
 */
export const PRICES = {
  region: "us-east-1",
  readOn: "November 2026",
  /** arm64, first tier. */
  lambdaGBSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1_000_000,
  /** Standard workflows. */
  stateTransition: 0.025 / 1000,
  /** PUT, COPY, POST, LIST to S3 Standard: a part of an upload is one. */
  s3Write: 0.005 / 1000,
  /** GET, HEAD. */
  s3Read: 0.0004 / 1000,
  natGB: 0.045,
  natHour: 0.045,
  interfaceEndpointHour: 0.01,
  /** Linux on arm64. */
  fargateCpuHour: 0.03238,
  fargateGBHour: 0.00356,
  secretMonth: 0.4,
} as const;

/**
 * CPU seconds per GiB, measured on one core of an AMD EPYC with Node 24 in November 2026. A processor of Lambda
 * differs: `npm run bench` measures another machine.
 */
export const CPU = {
  /** Receiving and sending over TLS, and CRC-32. */
  moving: 1.8,
  /** The one checksum that vCenter knew up front (SHA-1), or all four. */
  digest: { one: 0.6, four: 3.7 },
  /** The same in WebAssembly, where they may have to go on in another invocation. */
  savedDigest: { one: 2.0, four: 10.1 },
} as const;

/** Neither documented nor measured in AWS. */
export const ASSUMED = {
  /** Of each function but TransferFile: log in to vCenter, ask, log out. */
  callSeconds: 1,
  /** Copies inside S3, eight ranges at a time. */
  copyBytesPerSecond: 500e6,
  /** The smallest memory in which Node, its buffers and TLS have room. */
  smallestMemoryMiB: 512,
  /** Fargate fetches the image and starts the container. */
  taskStartSeconds: 60,
} as const;

/** AWS's own limits, from the pages on quotas of Lambda, Step Functions and S3. */
export const QUOTAS = {
  /** Memory at which a function has one whole processor. */
  memoryMiBPerProcessor: 1769,
  largestMemoryMiB: 10_240,
  historyEvents: 25_000,
  openMapRuns: 1000,
  /** Per prefix. */
  s3WritesPerSecond: 3500,
} as const;
