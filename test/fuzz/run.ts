import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { runs, seed } from "./settings.ts";

/**
 * `npm run fuzz`. `--seed` and `--runs` say which documents the parsers get, and how many for each property; all other
 * options are vitest's, such as `-t` for one property.
 */
const VARIABLES: Record<string, string> = { "--seed": "FUZZ_SEED", "--runs": "FUZZ_RUNS" };

const options: string[] = [];
const environment = { ...process.env };
const given = process.argv.slice(2).flatMap((argument) => {
  const [, name = "", value = ""] = /^(--(?:seed|runs))=(.*)$/.exec(argument) ?? [];
  return name === "" ? [argument] : [name, value];
});
while (given.length > 0) {
  const option = given.shift() ?? "";
  const variable = VARIABLES[option];
  if (variable === undefined) options.push(option);
  else environment[variable] = given.shift();
}

console.log(
  `seed ${environment.FUZZ_SEED ?? seed}, ${environment.FUZZ_RUNS ?? runs} documents for most properties`,
);
const config = fileURLToPath(new URL("vitest.config.ts", import.meta.url));
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const child = spawn(process.execPath, [vitest, "run", "--config", config, ...options], {
  env: environment,
  stdio: "inherit",
});
const [code] = await once(child, "exit");
process.exitCode = code ?? 1;
