import { s3Calls } from "./families/s3Calls.ts";
import { meetAll } from "./meetAll.ts";

meetAll("s3Calls", s3Calls);
