import { vcenterCalls } from "./families/vcenterCalls.ts";
import { meetAll } from "./meetAll.ts";

meetAll("vcenterCalls", vcenterCalls);
