import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Runs a suite with options of its own besides vitest's. They reach it as environment variables.
 * @param config file of the suite, from the repository's root
 * @param variables of the suite's own options, each of which takes a value
 */
export async function runVitest(config: string, variables: Record<string, string>): Promise<void> {
  const options: string[] = [];
  const environment = { ...process.env };
  const given = process.argv.slice(2).flatMap((argument) => {
    const [name = "", ...value] = argument.split("=");
    return name in variables && value.length > 0 ? [name, value.join("=")] : [argument];
  });
  while (given.length > 0) {
    const option = given.shift() ?? "";
    const variable = variables[option];
    if (variable === undefined) options.push(option);
    else environment[variable] = given.shift();
  }
  const root = fileURLToPath(new URL("..", import.meta.url));
  const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
  const child = spawn(process.execPath, [vitest, "run", "--config", config, ...options], {
    cwd: root,
    env: environment,
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  process.exitCode = code ?? 1;
}
