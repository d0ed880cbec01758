import { vcenterItself } from "./families/vcenterItself.ts";
import { meetAll } from "./meetAll.ts";

meetAll("vcenterItself", vcenterItself);
