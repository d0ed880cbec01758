import { expect, test } from "vitest";
import { localServices } from "../../local/services.ts";
import { Tasks } from "../../local/tasks.ts";
import { openSimulator } from "../s3/simulator.ts";

async function services() {
  const { client } = await openSimulator();
  return localServices({ profiles: [], s3: client });
}

test("when an execution has ended, what runs goes on, and nothing begins any more", async () => {
  const ended = new AbortController();
  const tasks = new Tasks(await services(), ended.signal);
  const held = Promise.withResolvers<string>();
  const begun: string[] = [];
  const call = (name: string) =>
    tasks.run(async () => {
      begun.push(name);
      return held.promise;
    })({});

  const running = call("before the end");
  ended.abort();
  await expect(call("after the end")).rejects.toMatchObject({ name: "Stopped" });
  held.resolve("done");
  await expect(running).resolves.toBe("done");
  expect(begun).toEqual(["before the end"]);
  await tasks.settled();
});

test("a stop that reaches what runs is the execution's end as well", async () => {
  const stopping = new AbortController();
  const tasks = new Tasks({ ...(await services()), signal: stopping.signal });
  stopping.abort();
  await expect(tasks.run(async () => "begun")({})).rejects.toMatchObject({ name: "Stopped" });
});
