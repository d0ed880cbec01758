import type { Difference } from "../../differences.ts";

/** What versitygw does otherwise than AWS, by the names of the tests of an S3. */
export const DIFFERENCES: Record<string, Difference> = {
  "metadata that is not ASCII comes back as RFC 2047 has it": {
    because:
      "gives the bytes back as they came. The transfer encodes such values itself, so nothing hangs on it",
    shows: /expected 'KÃ¤se' to match/,
  },
  "a key of 1,025 bytes is refused": {
    because:
      "takes it: its limits are those of its file system. The product refuses such keys before it asks S3",
    shows: /resolved .* instead of rejecting/,
  },
  "a part of a key between two slashes may be as long as the key": {
    because: "keeps it as the name of a file, which has at most 255 bytes",
    shows: /ExistingObjectIsDirectory/,
  },
  "a key may be the beginning of another, up to a slash": {
    because: "keeps the one as a file, which cannot be a folder for the other",
    shows: /ObjectParentIsFile/,
  },
  "two slashes are not one": {
    because: "takes a key for a path, in which they are. The product's own keys have none",
    shows: /expected \[ 'one', 'one' \] to deeply equal/,
  },
  "storage class and encryption are kept": {
    because: "takes both and ignores them. That they reach S3 is shown on the folder-backed S3 only",
    shows: /to match object \{ StorageClass: 'STANDARD_IA'/,
  },
  "the storage class is that of the beginning": {
    because: "takes it and ignores it",
    shows: /expected 'STANDARD' to be 'STANDARD_IA'/,
  },
  "a full-object CRC32 is that of the whole object, and needs no checksums of parts": {
    because:
      "wants the checksum of each part although the object's is given. The transfer names them: AWS takes both",
    shows: /InvalidRequest: .*must include the checksum for each part/,
  },
  "an upload can take its parts from ranges of an object": {
    because:
      "takes the whole source's checksum for that of a range. So copies above 1 GiB, the only ones made of ranges, are shown on the folder-backed S3 only",
    shows: /BadDigest: The CRC32 you specified did not match/,
  },
};

/** The same by the names of the tests of a transfer. */
export const TRANSFER_DIFFERENCES: Record<string, Difference> = {
  "carries storage class and KMS key on the final object": {
    because: "takes both and ignores them",
    shows: /to match object \{ StorageClass: 'STANDARD_IA'/,
  },
};
