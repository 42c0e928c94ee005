// OpenFeature's SDK for servers with its provider for OFREP.

import { OpenFeature } from "@openfeature/server-sdk";
import { OFREPProvider } from "@openfeature/ofrep-provider";

import { hold, options } from "./conversation.mjs";

const { url, key, mode } = options(["bearer", "api-key"]);
const header = mode === "bearer" ? ["Authorization", `Bearer ${key}`] : ["X-API-Key", key];
const headersFactory = async () => [header];
await OpenFeature.setProviderAndWait(
  new OFREPProvider({ baseUrl: url, ...(mode === "bearer" ? { headers: [header] } : { headersFactory }) }),
);
const client = OpenFeature.getClient();

async function answer({ flag, type, default: fallback, context }) {
  const details = {
    boolean: client.getBooleanDetails,
    string: client.getStringDetails,
    integer: client.getNumberDetails,
    float: client.getNumberDetails,
    object: client.getObjectDetails,
  }[type];
  const found = await details.call(client, flag, fallback, context);
  const { value, variant, reason, errorCode: error, errorMessage: message } = found;
  return { value, variant, reason, error, message };
}

await hold("@openfeature/ofrep-provider", answer, () => OpenFeature.close());
