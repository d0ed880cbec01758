/** Memory of TransferFile in MiB: at 1,769 a function has one whole processor. */
export const TRANSFER_MEMORY_MIB = 1769;

/** Of every other function in MiB: seldom at work for long, and then waiting for an answer. */
export const FUNCTION_MEMORY_MIB = 512;

/** Files on their way at the same time, over all exports. */
export const TRANSFER_CONCURRENCY = 10;

/** A task of the container route: one processor, and buffers for files of up to 8 TB. */
export const CONTAINER = { cpus: 1, memoryMiB: 8192 } as const;
