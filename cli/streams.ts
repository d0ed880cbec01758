/** What the command talks to: the process's own streams and environment. */
export interface Streams {
  stdin: NodeJS.ReadStream;
  /** Results, progress and JSON. */
  stdout: NodeJS.WriteStream;
  /** Diagnostics. */
  stderr: NodeJS.WriteStream;
  environment: NodeJS.ProcessEnv;
}

/** The variable's value; an empty one counts as not set. */
export function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return environment[name] || undefined;
}
