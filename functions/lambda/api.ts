import { apiHandler } from "./apiHandler.ts";

export const handler = apiHandler();
