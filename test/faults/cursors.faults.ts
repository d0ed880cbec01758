import { cursors } from "./families/cursors.ts";
import { meetAll } from "./meetAll.ts";

meetAll("cursors", cursors);
