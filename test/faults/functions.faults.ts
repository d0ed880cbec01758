import { functions } from "./families/functions.ts";
import { meetAll } from "./meetAll.ts";

meetAll("functions", functions);
