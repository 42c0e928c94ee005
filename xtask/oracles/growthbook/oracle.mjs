// Random documents and contexts, and what GrowthBook's own JavaScript SDK answers for them.
//
//   node oracle.mjs --seed 1 --count 1000 --out DIR
//
// writes DIR/cases.jsonl. The SDK is looked for in `node_modules` of the current folder, then
// beside this file. Nothing is fetched: every document is handed to the SDK.
//
// Left out on purpose: `$notRegex` and `$notRegexi` (this SDK does not know them, other SDKs and
// the vendor's shared cases do), look-around and back-references in patterns, and conditions so
// malformed that the SDK throws.

import { mkdirSync, writeFileSync } from "node:fs";
import { createCipheriv } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { Random } from "./random.mjs";
import { attributes, condition, savedGroups } from "./conditions.mjs";
import { experiment, redirects, stickyDocs, world } from "./features.mjs";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "1000" },
    out: { type: "string", default: "." },
  },
});

const sdk = await load();
const { GrowthBook, evalCondition, StickyBucketServiceSync } = sdk;
// The SDK tells the console about every invalid weight.
console.error = () => {};

async function load() {
  const here = createRequire(join(resolve("."), "here.js"));
  const beside = createRequire(import.meta.url);
  const find = (from) => dirname(from.resolve("@growthbook/growthbook/package.json"));
  let folder;
  try {
    folder = find(here);
  } catch {
    folder = find(beside);
  }
  const part = (name) => import(pathToFileURL(join(folder, "dist", "esm", name)).href);
  const { version } = here(join(folder, "package.json"));
  return { version, ...(await part("index.mjs")), pure: await part("util.mjs") };
}

// The store in which a page would keep assignments.
class Memory extends StickyBucketServiceSync {
  docs = new Map();

  getAssignmentsSync(name, value) {
    return this.docs.get(this.getKey(name, value)) ?? null;
  }

  saveAssignmentsSync(doc) {
    this.docs.set(this.getKey(doc.attributeName, doc.attributeValue), doc);
  }
}

// The SDK changes what it is given, so it gets a copy.
function client(context, more = {}) {
  const own = structuredClone(context);
  if (own.forcedFeatureValues) {
    own.forcedFeatureValues = new Map(Object.entries(own.forcedFeatureValues));
  }
  return new GrowthBook({ ...own, ...more });
}

const KINDS = {
  condition: [40, (random) => {
    const tested = attributes(random);
    const groups = savedGroups(random, tested);
    return { context: { attributes: tested }, input: { condition: condition(random, tested, groups), savedGroups: groups } };
  }, ({ context, input }) => ({ match: evalCondition(context.attributes, input.condition, input.savedGroups) })],

  feature: [30, (random) => world(random), ({ context, flag }) => client(context).evalFeature(flag)],

  experiment: [14, (random) => {
    const { context } = world(random);
    return { context, input: { experiment: experiment(random, { context }) } };
  }, ({ context, input }) => client(context).run(structuredClone(input.experiment))],

  "sticky-bucket": [10, (random) => {
    const made = world(random, true);
    return { ...made, input: { docs: stickyDocs(random, made.context) } };
  }, ({ context, flag, input }) => {
    const service = new Memory();
    structuredClone(input.docs).forEach((doc) => service.saveAssignmentsSync(doc));
    const { features, savedGroups: groups, contextualBandits, ...rest } = context;
    const gb = client(rest, { stickyBucketService: service });
    gb.initSync({ payload: structuredClone({ features, savedGroups: groups, contextualBandits }) });
    const result = gb.evalFeature(flag);
    return { experimentResult: result.experimentResult ?? null, docs: gb.getStickyBucketAssignmentDocs() };
  }],

  "url-redirect": [3, (random) => ({ context: redirects(random, world(random)) }), ({ context }) => {
    const gb = client(context);
    const results = (context.experiments ?? []).map((one) => {
      const { inExperiment, value } = gb.run(structuredClone(one));
      const { urlRedirect } = value ?? {};
      const keeps = one.persistQueryString && urlRedirect;
      return { inExperiment, urlRedirect, urlWithParams: keeps ? sdk.pure.mergeQueryStrings(context.url, urlRedirect) : urlRedirect };
    });
    return { results };
  }],

  hash: [1, (random) => ({ input: { seed: text(random), value: text(random), version: random.pick([1, 2, 2, 3, 0]) } }),
    ({ input }) => ({ hash: sdk.pure.hash(input.seed, input.value, input.version) })],

  "bucket-ranges": [1, (random) => {
    const numVariations = random.below(5);
    const weights = random.chance(0.4) ? null : random.times(4, () => Math.round(random.next() * 100) / 100);
    return { input: { numVariations, coverage: random.pick([1, 0.5, 0, -1, 2, random.next()]), weights } };
  }, ({ input }) => ({ ranges: sdk.pure.getBucketRanges(input.numVariations, input.coverage, input.weights ?? undefined) })],

  "choose-variation": [1, (random) => ({
    input: { n: random.below(11) / 10, ranges: random.times(4, () => [random.below(11) / 10, random.below(11) / 10]) },
  }), ({ input }) => ({ variation: sdk.pure.chooseVariation(input.n, input.ranges) })],

  "query-string-override": [1, (random) => {
    const pair = () => `${random.pick(["key", "kéy", "other", "", "k%65y"])}${random.pick(["=", "", "=="])}${random.pick(["0", "1", " 2", "3x", "-1", "+1", "", "1e1", "0x1"])}`;
    const url = random.pick(["", "http://x.y", "/p"]) + random.pick(["", "?", "??"]) + random.times(3, pair).join("&") + random.pick(["", "#a?key=1"]);
    return { input: { key: random.pick(["key", "kéy"]), url, numVariations: 1 + random.below(4) } };
  }, ({ input }) => ({ variation: sdk.pure.getQueryStringOverride(input.key, input.url, input.numVariations) })],

  "in-namespace": [1, (random) => ({
    input: { userId: text(random), namespace: [text(random), random.next() * 0.6, 0.4 + random.next() * 0.6] },
  }), ({ input }) => ({ inNamespace: sdk.pure.inNamespace(input.userId, input.namespace) })],

  "equal-weights": [1, (random) => ({ input: { numVariations: random.below(12) - 2 } }),
    ({ input }) => ({ weights: sdk.pure.getEqualWeights(input.numVariations) })],

  decrypt: [1, (random) => ({ input: encrypted(random) }), async ({ input }) => {
    try {
      return { plain: await sdk.pure.decrypt(input.encrypted, input.key) };
    } catch {
      return { plain: null };
    }
  }],
};

function text(random) {
  return random.pick(["", "a", "user-", "ü", "😀", "\u0000", "日本"]) + (random.chance(0.7) ? random.below(1e6) : "");
}

function encrypted(random) {
  const bytes = (count) => Buffer.from(Array.from({ length: count }, () => random.below(256)));
  const key = bytes(random.pick([16, 16, 16, 16, 15, 32, 24]));
  const iv = bytes(16);
  const name = `aes-${[16, 24, 32].includes(key.length) ? key.length * 8 : 128}-cbc`;
  const cipher = createCipheriv(name, key.length === 15 ? bytes(16) : key, iv);
  const plain = JSON.stringify({ feature: { defaultValue: text(random) } }).slice(random.chance(0.2) ? random.below(9) : 0);
  let made = `${iv.toString("base64")}.${Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]).toString("base64")}`;
  if (random.chance(0.3)) {
    const place = random.below(made.length);
    made = made.slice(0, place) + random.pick(["", "*", "A", ".", "=", " "]) + made.slice(place + 1);
  }
  return { encrypted: made, key: key.toString("base64") };
}

// Distinguishable in JSON: what the SDK leaves undefined is not expected.
const throughJson = (made) => JSON.parse(JSON.stringify(made));

async function make(random, place) {
  const entries = Object.entries(KINDS);
  const [kind, [, generate, ask]] = random.weighted(entries.map((entry) => [entry[1][0], () => entry]));
  const made = throughJson({ document: null, flag: null, context: null, input: null, ...generate(random) });
  try {
    const expected = throughJson(await ask(made));
    const id = `growthbook/oracle-${options.seed}/${place}`;
    return { id, vendor: "growthbook", suite: "oracle", kind, name: kind, ...made, expected, recorded_from: `@growthbook/growthbook ${sdk.version}` };
  } catch {
    return null;
  }
}

const random = new Random(Number(options.seed));
const lines = [];
let thrown = 0;
for (let place = 0; place < Number(options.count); place++) {
  const found = await make(random, place);
  if (found) lines.push(JSON.stringify(found));
  else thrown += 1;
}
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, "cases.jsonl"), `${lines.join("\n")}\n`);
console.log(`${lines.length} cases, ${thrown} left out because the SDK throws`);
process.exit(0);
