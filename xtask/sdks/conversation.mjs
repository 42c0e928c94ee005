// What `cargo xtask sdks` and the scripts around an SDK say to each other, as lines of JSON.
//
// In comes `{"ask": question}`, or `{"until": question, "was": value, "seconds": 20}` for a
// question that is asked again until its value is another; out goes an answer. At the end of the
// input the SDK is closed.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual, parseArgs } from "node:util";

// The address of the server, a key for it, and how the SDK follows changes.
export function options(modes) {
  const text = (rest = {}) => ({ type: "string", ...rest });
  const { values } = parseArgs({ options: { url: text(), key: text(), mode: text({ default: modes[0] }) } });
  if (!values.url || !values.key || !modes.includes(values.mode)) {
    throw new Error(`--url, --key and --mode (${modes.join(", ")}) are needed`);
  }
  return values;
}

// Answers every line until there are no more of them.
export async function hold(packageName, answer, close) {
  const { dependencies } = createRequire(import.meta.url)("./package.json");
  say({ ready: `${packageName} ${dependencies[packageName]}` });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    say(await (request.until ? wait(answer, request) : answer(request.ask)));
  }
  await close();
  say({ closed: true });
}

async function wait(answer, { until, was, seconds }) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await answer(until);
    if (!isDeepStrictEqual(found.value, was) || performance.now() > end) return found;
    await pause(20);
  }
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
