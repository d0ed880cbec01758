import { type FileHandle, open, rm } from "node:fs/promises";

/** Lets `use` fill a new file; when it fails no file is left. */
export async function withNewFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, "wx");
  let kept = false;
  try {
    const result = await use(file);
    kept = true;
    return result;
  } finally {
    await file.close();
    if (!kept) await rm(path, { force: true });
  }
}
