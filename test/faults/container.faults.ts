import { container } from "./families/container.ts";
import { meetAll } from "./meetAll.ts";

meetAll("container", container);
