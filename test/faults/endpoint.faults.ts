import { endpoint } from "./families/endpoint.ts";
import { meetAll } from "./meetAll.ts";

meetAll("endpoint", endpoint);
