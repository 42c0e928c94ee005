// OpenFeature's SDK for browsers with its provider for OFREP.

import { isDeepStrictEqual } from "node:util";
import { OpenFeature } from "@openfeature/web-sdk";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { EventSource } from "eventsource";

import { hold, options } from "./conversation.mjs";

// What browsers have and Node.js lacks.
globalThis.EventSource = EventSource;
const stored = new Map();
globalThis.localStorage = {
  get length() {
    return stored.size;
  },
  key: (place) => [...stored.keys()][place] ?? null,
  getItem: (name) => stored.get(name) ?? null,
  setItem: (name, value) => void stored.set(name, String(value)),
  removeItem: (name) => void stored.delete(name),
};

const { url, key, mode } = options(["streaming", "polling", "cached"]);
const provider = new OFREPWebProvider({
  baseUrl: url,
  headers: [["Authorization", `Bearer ${key}`]],
  cacheMode: mode === "cached" ? "network-first" : "disabled",
  disableVisibilityRefresh: true,
  ...(mode === "polling" ? { changeDetection: "polling", pollInterval: 300 } : {}),
});
await OpenFeature.setProviderAndWait(provider);
const client = OpenFeature.getClient();
let current = {};

async function answer({ flag, type, default: fallback, context }) {
  if (!isDeepStrictEqual(context, current)) {
    await OpenFeature.setContext(context);
    current = context;
  }
  const details = {
    boolean: client.getBooleanDetails,
    string: client.getStringDetails,
    integer: client.getNumberDetails,
    float: client.getNumberDetails,
    object: client.getObjectDetails,
  }[type];
  const { value, variant, reason, errorCode: error, errorMessage: message } = details.call(client, flag, fallback);
  return { value, variant, reason, error, message };
}

await hold("@openfeature/ofrep-web-provider", answer, () => OpenFeature.close());
if (mode === "cached" && stored.size === 0) throw new Error("the SDK has stored nothing");
