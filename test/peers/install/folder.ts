import { fileURLToPath } from "node:url";

/** Where everything is kept that is installed for the tests: ignored by git, and never cleaned by a test. */
export const folder = fileURLToPath(new URL("../../../.peers/", import.meta.url));
