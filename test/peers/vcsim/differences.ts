import type { Difference } from "../../differences.ts";

/** What vcsim does otherwise than vCenter's documentation says. The documentation is right. */
export const DIFFERENCES: Record<string, Difference> = {
  "an item tells its content version and its size": {
    because: "leaves the content version out and has 0 for the size",
    shows: /to match object \{ contentVersion: '1'/,
  },
  "a download that is done is told by its size and checksum": {
    because: "calculates neither. The export then computes a SHA256 of what it received, and says so",
    shows: /expected \{ Object \(size, checksum\) \} to deeply equal/,
  },
  "the same client token creates one download session": {
    because: "does not look at the token",
    shows: /expected '[-0-9a-f]{36}' to be '[-0-9a-f]{36}'/,
  },
  "download sessions are listed, all of them and those of an item": {
    because: "does not look at the item, and lists all",
    shows: /expected \[ …\(2\) \] to deeply equal \[ Array\(1\) \]/,
  },
  "a download session tells the progress that it was told": {
    because: "does not keep it",
    shows: /to match object \{ clientProgress: 42 \}/,
  },
  "a download session that is failed keeps the reason, whatever it is written with": {
    because: "deletes it at once",
    shows: /NotFound: \[GET get\] download session/,
  },
  "a download session that is cancelled stays, and cannot be kept alive": {
    because: "deletes it at once",
    shows: /NotFound: \[GET get\] download session/,
  },
  "an error keeps vCenter's words, and names the request and what it was about": {
    because: "answers 404 in plain text, with no error of vCenter's. It is NotFound by its status",
    shows: /to match object \{ status: 404, errorType: 'NOT_FOUND' \}/,
  },
  "a file that the session's item does not have is FileNotFound": {
    because: "prepares whatever is asked for. The export asks only for files that the item lists",
    shows: /promise resolved .* instead of rejecting/,
  },
};
