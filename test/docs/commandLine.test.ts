import type { Command, Option } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../../cli/program.ts";
import { commandsIn, everywhere, pageAt, spansIn } from "./pages.ts";

const { stdin, stdout, stderr } = process;
const program = createProgram({ stdin, stdout, stderr, environment: {} }, () => {});
const commands = new Map(program.commands.map((command) => [command.name(), command]));
const optionNames = new Set(program.commands.flatMap(({ options }) => options.map(({ long }) => long ?? "")));
optionNames.add("--help").add("--version");

/** `library-export run ...` in a page, without what comes before it. */
function usesIn(texts: string[]): string[] {
  return texts.flatMap((text) => /(?:^|\bnpx )library-export ([a-z].*)$/.exec(text)?.slice(1) ?? []);
}

/** `--help` of a command, with its examples. */
function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help;
}

/** What is wrong with the command, options and choices of a use, as far as that can be told without running it. */
function mistakesIn(use: string): string[] {
  const [name = "", ...words] = use.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const command = commands.get(name);
  if (command === undefined) return [`no command ${name}`];
  const given = words.flatMap((word, index) =>
    word.startsWith("--") ? [{ word, value: words[index + 1] }] : [],
  );
  return given.flatMap(({ word, value }) => {
    const option = command.options.find(({ long }) => long === word);
    return option === undefined ? [`${name} has no ${word}`] : choiceMistakes(option, value);
  });
}

function choiceMistakes({ argChoices, long }: Option, value: string | undefined): string[] {
  return argChoices === undefined || argChoices.includes(value ?? "") ? [] : [`${long} is no ${value}`];
}

test("every use of the command line in a page has a command, options and choices that there are", () => {
  const uses = everywhere((page) => usesIn([...commandsIn(page), ...spansIn(page)]));
  expect(uses.length).toBeGreaterThan(15);
  const wrong = uses.flatMap(({ path, found }) => mistakesIn(found).map((mistake) => `${path}: ${mistake}`));
  expect(wrong).toEqual([]);
});

test.each([...commands])("the examples that %s --help gives have them too", (name, command) => {
  const uses = usesIn(
    helpOf(command)
      .split("\n")
      .map((line) => line.trim()),
  );
  expect(uses.length).toBeGreaterThan(0);
  expect(uses.filter((use) => !use.startsWith(name))).toEqual([]);
  expect(uses.flatMap(mistakesIn)).toEqual([]);
});

test("whatever logs in to vCenter says in its --help where the password comes from", () => {
  const logsIn = [...commands.values()].filter(({ options }) =>
    options.some(({ long }) => long === "--username"),
  );
  expect(logsIn.length).toBeGreaterThan(3);
  const silent = logsIn.filter((command) => !helpOf(command).includes("LIBRARY_EXPORT_PASSWORD"));
  expect(silent.map((command) => command.name())).toEqual([]);
});

test("every option that a page speaks of on its own is one, with such a value", () => {
  const spans = everywhere((page) => spansIn(page).filter((span) => span.startsWith("--")));
  expect(spans.length).toBeGreaterThan(8);
  const wrong = spans.filter(({ path, found }) => {
    const [name = "", value] = found.split(" ");
    // Of an npm script that the page tells to run with it.
    if (spansIn(pageAt(path)).some((span) => span.startsWith("npm run ") && span.includes(` -- ${name}`)))
      return false;
    const options = program.commands.flatMap((command) =>
      command.options.filter(({ long }) => long === name),
    );
    return (
      !optionNames.has(name) ||
      (value !== undefined && options.some((option) => choiceMistakes(option, value).length > 0))
    );
  });
  expect(wrong).toEqual([]);
});

test("the README shows every command", () => {
  const shown = new Set(usesIn(commandsIn(pageAt("README.md"))).map((use) => use.split(" ")[0]));
  expect([...commands.keys()].filter((name) => !shown.has(name))).toEqual([]);
});

test("the README gives the choices of --on-delete, and no other", () => {
  const [, first, rest = ""] = /`--on-delete (\w+)`((?:,? ?(?:or )?`\w+`)+)/.exec(pageAt("README.md")) ?? [];
  const choices = commands.get("sync")?.options.find(({ long }) => long === "--on-delete")?.argChoices;
  expect([first, ...spansIn(rest)]).toEqual(choices);
});
