const UNITS: Record<string, number> = {
  "": 1,
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

/**
 * Bytes in a size as people write it: `64MiB`, `64M` (the same), `64MB` (64,000,000), `67108864`.
 * Undefined when it is none of these.
 */
export function parseSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,15})\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[(unit ?? "").toUpperCase()];
  if (digits === undefined || factor === undefined) return undefined;
  const bytes = Number(digits) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
