import { bucket } from "./families/bucket.ts";
import { meetAll } from "./meetAll.ts";

meetAll("bucket", bucket);
