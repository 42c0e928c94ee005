// Unleash's own server, until the end of the input. Its keys are those of the environment:
// INIT_ADMIN_API_TOKENS, INIT_CLIENT_API_TOKENS.
//
// The free server makes the events of a stream and has no route for them; the one below sends them.

import { parseArgs } from "node:util";
import { start } from "unleash-server";

import { hold } from "./conversation.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { database: text, port: text } });
const { hostname: host, port, username: user, pathname } = new URL(values.database);
const unleash = await start({
  db: { host, port: Number(port), user, password: "", database: pathname.slice(1), ssl: false },
  server: { host: "127.0.0.1", port: Number(values.port) },
  logLevel: "error",
  telemetry: false,
  versionCheck: { enable: false },
  experimental: { flags: { deltaApi: true } },
  preRouterHook: (app, _, { clientFeatureToggleService: features }) => {
    app.get("/api/client/streaming", (request, response) => stream(features, request.user, response));
  },
});

// Everything, and then what changes, as events that the server itself makes.
async function stream(features, { environment, projects }, response) {
  let at;
  const send = async (kind) => {
    const delta = await features.getClientDelta(at, { environment, project: projects });
    if (!delta) return;
    at = Math.max(...delta.events.map((event) => event.eventId));
    response.write(`event: ${kind}\nid: ${at}\ndata: ${JSON.stringify(delta)}\n\n`);
    response.flush?.();
  };
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  await send("unleash-connected");
  let last = Promise.resolve();
  const update = () => (last = last.then(() => send("unleash-updated")));
  features.clientFeatureToggleDelta.on("UPDATE_DELTA", update);
  response.on("close", () => features.clientFeatureToggleDelta.off("UPDATE_DELTA", update));
}

await hold("unleash-server", () => ({}), () => unleash.stop());
// Some of its timers keep running.
process.exit(0);
