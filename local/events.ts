import type { StateMachine } from "aws-local-stepfunctions";
import type { FileError } from "../functions/workflow.ts";

type EngineEvents = ReturnType<StateMachine["run"]>["eventLogs"];
type EngineEvent = EngineEvents extends AsyncGenerator<infer Event> ? Event : never;

/** What happened to a state of the execution. */
export interface ExecutionEvent {
  type: "StateEntered" | "StateExited" | "StateFailed" | "StateRetried" | "StateCaught";
  /** Name of the state. */
  state: string;
  /** Index and name of the file, for the states of a file's own part. */
  index?: number;
  fileName?: string;
  /** Where `type` is StateFailed. */
  error?: FileError;
  /** What the state was given. */
  input: unknown;
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** Hands on the engine's events until the execution has ended. They have to be read, or they pile up. */
export async function followEvents(
  events: EngineEvents,
  onEvent: ((event: ExecutionEvent) => void) | undefined,
): Promise<void> {
  for await (const event of events) {
    const translated = translate(event);
    if (translated !== undefined) onEvent?.(translated);
  }
}

function translate(event: EngineEvent): ExecutionEvent | undefined {
  if (!("state" in event)) return undefined;
  const { type, timestamp, index, state } = event;
  const fileName = index === undefined ? undefined : nameOfFile(state.input);
  return {
    type,
    timestamp,
    state: state.name,
    input: state.input,
    ...(index !== undefined && { index }),
    ...(fileName !== undefined && { fileName }),
    ...("Error" in event && { error: { name: event.Error, message: String(event.Cause) } }),
  };
}

function nameOfFile(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null || !("file" in input)) return undefined;
  const { file } = input;
  if (typeof file !== "object" || file === null || !("name" in file)) return undefined;
  return typeof file.name === "string" ? file.name : undefined;
}
