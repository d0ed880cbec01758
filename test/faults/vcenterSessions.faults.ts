import { vcenterSessions } from "./families/vcenterSessions.ts";
import { meetAll } from "./meetAll.ts";

meetAll("vcenterSessions", vcenterSessions);
