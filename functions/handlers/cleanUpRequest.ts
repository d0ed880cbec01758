import * as z from "zod";

/** What the states of statemachine/clean-up.asl.json hand to their function. */
export const cleanUpRequestSchema = z.object({ executionArn: z.string().min(1), again: z.boolean() });
