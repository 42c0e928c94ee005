// Unleash's server SDK for Node.js.

import { once } from "node:events";
import { InMemStorageProvider, Unleash } from "unleash-client";

import { hold, options } from "./conversation.mjs";

const modes = {
  polling: { experimentalMode: { type: "polling", format: "full" } },
  streaming: { experimentalMode: { type: "streaming" } },
  delta: { experimentalMode: { type: "polling", format: "delta" } },
  bootstrap: ({ url, key }) => ({
    bootstrap: { url: `${url}/api/client/features`, urlHeaders: { Authorization: key } },
  }),
};
const { url, key, mode } = options(Object.keys(modes));
const ofMode = mode === "bootstrap" ? modes.bootstrap({ url, key }) : modes[mode];
const unleash = new Unleash({
  url: `${url}/api`,
  appName: "flagkit-sdks",
  customHeaders: { Authorization: key },
  refreshInterval: 300,
  metricsInterval: 1000,
  // The default is a folder of the system, where flags of another server may lie.
  storageProvider: new InMemStorageProvider(),
  disableAutoStart: mode === "bootstrap",
  ...ofMode,
});
unleash.on("error", (error) => console.error(error.message));
unleash.on("warn", (warning) => console.error(warning));
const event = (name) => once(unleash, name, { signal: AbortSignal.timeout(30_000) });
const events = [event("ready"), event("synchronized")];
if (mode === "bootstrap") await unleash.start();
await Promise.all(events);

function answer({ flag, type, context }) {
  if (type === "enabled") return { value: unleash.isEnabled(flag, context) };
  const { name, enabled, feature_enabled, payload = null } = unleash.getVariant(flag, context);
  return { value: { name, enabled, feature_enabled, payload } };
}

await hold("unleash-client", answer, () => unleash.destroyWithFlush());
