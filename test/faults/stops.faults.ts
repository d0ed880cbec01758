import { stops } from "./families/stops.ts";
import { meetAll } from "./meetAll.ts";

meetAll("stops", stops);
