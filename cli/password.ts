import password from "@inquirer/password";
import { InvalidInput, Stopped } from "../functions/errors.ts";
import { type Streams, variable } from "./streams.ts";

/**
 * The password, from the environment or from a prompt without echo. It is never an option: those are visible in
 * the list of processes and in the shell's history.
 * @param inUrl the password in GOVC_URL, where there is one
 * @throws InvalidInput when there is none and nobody to ask
 * @throws Stopped when the prompt is left with Ctrl-C
 */
export async function readPassword(
  streams: Streams,
  { username, host, inUrl }: { username: string; host: string; inUrl: string | undefined },
): Promise<string> {
  const { environment, stdin, stderr } = streams;
  const given =
    variable(environment, "LIBRARY_EXPORT_PASSWORD") ?? variable(environment, "GOVC_PASSWORD") ?? inUrl;
  if (given !== undefined) return given;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new InvalidInput(
      "No password: set LIBRARY_EXPORT_PASSWORD, or start on a terminal to be asked for it.",
    );
  }
  try {
    const answer = await password(
      {
        message: `Password of ${username} at ${host}:`,
        toggleMask: false,
        validate: (text) => text !== "" || "It cannot be empty.",
      },
      { input: stdin, output: stderr },
    );
    return answer;
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError")
      throw new Stopped("Stopped.", { cause: error });
    throw error;
  }
}
