// Unleash's SDK for browsers, which has flags evaluated by the server.

import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { InMemoryStorageProvider, UnleashClient } from "unleash-proxy-client";

import { hold, options } from "./conversation.mjs";

const requests = new Set();

function request(...asked) {
  const response = fetch(...asked);
  requests.add(response);
  const end = () => requests.delete(response);
  response.then(end, end);
  return response;
}

const { url, key, mode } = options(["get", "post", "bootstrap"]);
const unleash = new UnleashClient({
  url: `${url}/api/frontend`,
  clientKey: key,
  fetch: request,
  appName: "flagkit-sdks",
  refreshInterval: 0.3,
  metricsInterval: 1,
  storageProvider: new InMemoryStorageProvider(),
  usePOSTrequests: mode === "post",
  bootstrap: mode === "bootstrap" ? await evaluated() : undefined,
});
unleash.on("error", (error) => console.error(error));
if (mode === "bootstrap") await haveFlagsFromTheStart();
await unleash.start();
let current = {};

// What a page may be sent with: its flags, evaluated by whoever made the page.
async function evaluated() {
  const response = await fetch(`${url}/api/frontend`, { headers: { Authorization: key } });
  return (await response.json()).toggles;
}

async function haveFlagsFromTheStart() {
  await new Promise((resolve) => unleash.on("ready", resolve));
  if (unleash.getAllToggles().length === 0) throw new Error("the SDK has no flags from the start");
}

async function answer({ flag, type, context }) {
  if (!isDeepStrictEqual(context, current)) {
    // Without a session the SDK makes one up.
    await unleash.updateContext({ sessionId: undefined, ...context });
    // Whichever asks later wins, the new context or the clock; wait for both.
    while (requests.size > 0) await Promise.allSettled(requests);
    await pause(5);
    current = context;
  }
  if (type === "enabled") return { value: unleash.isEnabled(flag) };
  const { name, enabled, feature_enabled, payload = null } = unleash.getVariant(flag);
  return { value: { name, enabled, feature_enabled, payload } };
}

await hold("unleash-proxy-client", answer, async () => {
  await unleash.sendMetrics();
  unleash.stop();
});
