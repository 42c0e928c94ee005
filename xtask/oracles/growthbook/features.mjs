// Random features, experiments and what the caller says beside attributes.

import { attributes, condition, savedGroups, scalar, value } from "./conditions.mjs";

const FEATURES = ["one", "two", "three", "four", "five"];
const EDGES = [0, 1, 0.5, 0.25, 0.1, 0.999, 0.0001, 0.3333, -0.2, 1.5];

function weights(random, count) {
  if (random.chance(0.15)) return random.pick([[], [1], [0.5, 0.6], [0.3, 0.3], [0.5, 0.5, 0.5]]);
  if (random.chance(0.2)) return Array.from({ length: count }, (_, place) => (place === 0 ? 1 : 0));
  const raw = Array.from({ length: count }, () => random.below(100) + 1);
  const sum = raw.reduce((total, one) => total + one, 0);
  return raw.map((one) => Math.round((one / sum) * 10000) / 10000);
}

function ranges(random, count) {
  let from = 0;
  return Array.from({ length: random.chance(0.9) ? count : random.below(4) }, () => {
    from += random.chance(0.2) ? random.next() * 0.1 : 0;
    const range = [from, from + random.next() * (2 / count)];
    from = range[1];
    return range;
  });
}

function meta(random, count) {
  return Array.from({ length: count }, (_, place) => {
    const made = {};
    if (random.chance(0.85)) made.key = random.chance(0.8) ? String(place) : `v${place}`;
    if (random.chance(0.3)) made.name = `variation ${place}`;
    if (random.chance(0.1)) made.passthrough = true;
    return made;
  });
}

function filters(random) {
  return random.times(2, () => {
    const filter = { seed: random.pick(["a", "b", "😀"]), ranges: [[0, random.next()], [0.6, 0.6 + random.next() * 0.4]] };
    if (random.chance(0.3)) filter.attribute = random.pick(["deviceId", "id", "plan", "missing"]);
    if (random.chance(0.4)) filter.hashVersion = random.pick([1, 2, 2, 3]);
    return filter;
  });
}

function parents(random, names, withGate) {
  return random.times(2, () => {
    const parent = { id: random.pick([...names, "nowhere"]) };
    if (random.chance(0.95)) {
      parent.condition = random.chance(0.6)
        ? { value: random.pick([true, { $exists: true }, { $ne: null }, { $in: ["a", 1, true] }, { $gt: 0 }]) }
        : condition(random, { value: value(random) }, {}, 1);
    }
    if (withGate && random.chance(0.5)) parent.gate = true;
    return parent;
  });
}

// What rules of features and experiments have in common.
function bucketing(random, made, count, tested, groups, gates = 0.2) {
  const maybe = (probability, name, make) => {
    if (random.chance(probability)) made[name] = make();
  };
  maybe(0.25, "hashAttribute", () => random.pick(["id", "deviceId", "plan", "missing", "age", "list"]));
  maybe(0.3, "hashVersion", () => random.pick([1, 2, 2, 99, 0]));
  maybe(0.3, "seed", () => random.pick(["seed", "", "ß😀"]));
  maybe(0.3, "coverage", () => (random.chance(0.6) ? random.pick(EDGES) : random.next()));
  maybe(gates * 1.75, "condition", () => (random.chance(0.4) ? { plan: "pro" } : condition(random, tested, groups, 2)));
  if (count === 0) return;
  maybe(0.4, "weights", () => weights(random, count));
  maybe(0.2, "ranges", () => ranges(random, count));
  maybe(0.6, "meta", () => meta(random, count));
  maybe(gates, "filters", () => filters(random));
  maybe(gates, "namespace", () => ["space", random.next() * 0.5, 0.5 + random.next() * 0.5]);
  maybe(0.2, "name", () => "An experiment");
  maybe(0.2, "phase", () => random.pick(["0", "1"]));
}

function variations(random) {
  const count = random.pick([0, 1, 2, 2, 2, 3, 3, 4]);
  return Array.from({ length: count }, (_, place) => random.pick([place, place % 2 === 0, `v${place}`, null, { place }]));
}

function sticky(random, made) {
  if (random.chance(0.5)) made.fallbackAttribute = random.pick(["deviceId", "plan", "missing"]);
  if (random.chance(0.15)) made.disableStickyBucketing = true;
  if (random.chance(0.4)) made.bucketVersion = random.below(4);
  if (random.chance(0.25)) made.minBucketVersion = random.below(4);
}

function forceRule(random, tested, groups) {
  const rule = { force: random.chance(0.9) ? scalar(random) : value(random) };
  bucketing(random, rule, 0, tested, groups);
  if (random.chance(0.2)) rule.range = [random.next() * 0.5, 0.4 + random.next() * 0.6];
  if (random.chance(0.15)) rule.filters = filters(random);
  return rule;
}

function experimentRule(random, tested, groups, isSticky) {
  const rule = { variations: variations(random) };
  bucketing(random, rule, rule.variations.length, tested, groups, isSticky ? 0.05 : 0.2);
  if (random.chance(0.7)) rule.key = random.pick(["exp", "other", "third"]);
  if (isSticky) {
    sticky(random, rule);
    if (random.chance(0.7)) rule.meta = rule.variations.map((_, place) => ({ key: String(place) }));
  }
  if (random.chance(0.25)) {
    rule.contextualVariations = rule.variations;
    if (random.chance(0.7)) delete rule.variations;
    rule.contextualBanditRef = random.pick(["bandit", "empty", "nowhere"]);
  }
  return rule;
}

function feature(random, tested, groups, isSticky) {
  const made = {};
  if (random.chance(0.9)) made.defaultValue = random.chance(0.8) ? scalar(random) : value(random);
  if (random.chance(0.95)) {
    made.rules = random.times(3, () => {
      const rule = random.weighted([
        [4, () => forceRule(random, tested, groups)],
        [isSticky ? 9 : 4, () => experimentRule(random, tested, groups, isSticky)],
        [0.5, () => ({})],
      ]);
      if (random.chance(0.2)) rule.id = `rule-${random.below(100)}`;
      if (random.chance(0.2)) rule.parentConditions = parents(random, FEATURES, true);
      return rule;
    });
  }
  return made;
}

function bandits(random, tested, groups) {
  const contexts = random.times(3, () => ({
    leafId: random.below(9),
    condition: random.chance(0.4) ? {} : condition(random, tested, groups, 1),
    weights: weights(random, random.pick([2, 2, 3])),
  }));
  const bandit = { contexts };
  if (random.chance(0.8)) bandit.banditVersion = random.below(9);
  return { bandit, empty: { banditVersion: 1, contexts: [] } };
}

// A whole world: who asks, which features there are, and what the caller forces.
export function world(random, isSticky = false) {
  const tested = attributes(random);
  const groups = savedGroups(random, tested);
  const names = FEATURES.slice(0, 1 + random.below(FEATURES.length));
  const context = {
    attributes: tested,
    savedGroups: groups,
    features: Object.fromEntries(names.map((name) => [name, feature(random, tested, groups, isSticky)])),
    contextualBandits: bandits(random, tested, groups),
  };
  const keys = ["exp", "other", "third", ...names];
  if (random.chance(0.1)) context.forcedVariations = { [random.pick(keys)]: random.pick([0, 1, 2, 9, -1]) };
  if (random.chance(0.1)) context.url = `https://example.com/a/b?${random.pick(keys)}=${random.pick(["0", "1", "2x", "9", "-1", "", " 1"])}&b=1#x`;
  if (random.chance(0.03)) context.enabled = false;
  if (random.chance(0.05)) context.qaMode = true;
  if (random.chance(0.1)) context.attributeOverrides = { plan: "pro", id: random.pick(["user-1", "", 7]) };
  if (random.chance(0.1)) context.forcedFeatureValues = { [random.pick(names)]: value(random, 1) };
  return { context, flag: random.chance(0.95) ? random.pick(names) : "nowhere" };
}

const URLS = [
  "", "http://example.com", "https://www.example.com/shop/cart?a=1&b=2#top", "http://localhost:3000/Shop", "/only/a/path",
  "https://example.com/home?exp=1", "https://EXAMPLE.com:443/a/../b/", "https://example.com/a%20b/ü", "not a url",
];
const PATTERNS = [
  ["simple", "/shop/*"], ["simple", "*.example.com"], ["simple", "https://example.com/home"], ["simple", "example.com/*"],
  ["simple", "/shop/cart?a=1"], ["simple", "*#top"], ["simple", "/Shop/"], ["simple", "https://*"], ["simple", "/b"],
  ["regex", "^https://"], ["regex", "/shop"], ["regex", "cart\\?a=\\d"], ["regex", "["], ["regex", "^/only"], ["other", "x"],
];

export function experiment(random, { context }) {
  const made = { key: random.pick(["exp", "other", "my-test"]), variations: variations(random) };
  bucketing(random, made, made.variations.length, context.attributes, context.savedGroups);
  if (random.chance(0.15)) made.parentConditions = parents(random, Object.keys(context.features), false);
  if (random.chance(0.15)) made.force = random.pick([0, 1, 1, 7, -3]);
  if (random.chance(0.15)) made.active = random.chance(0.5);
  if (random.chance(0.15)) made.status = random.pick(["draft", "running", "stopped"]);
  if (random.chance(0.15)) made.groups = random.some(["beta", "staff", "none"], 2);
  if (random.chance(0.25)) made.urlPatterns = random.times(3, () => {
    const [type, pattern] = random.pick(PATTERNS);
    return { include: random.chance(0.7), type, pattern };
  });
  if (random.chance(0.5)) context.url = random.pick(URLS);
  if (random.chance(0.4)) context.groups = { beta: true, staff: random.chance(0.5), none: false };
  if (random.chance(0.2)) context.overrides = { [made.key]: overrides(random) };
  return made;
}

function overrides(random) {
  return random.pick([
    { weights: [0, 1] }, { coverage: 0.1 }, { status: "draft" }, { status: "stopped" }, { force: 1 }, { condition: { plan: "pro" } },
    { groups: ["beta"] }, { url: "^/shop" }, { url: "example" }, { status: "running", coverage: 1 },
  ]);
}

// Experiments that send users to other pages.
export function redirects(random, { context }) {
  const pages = ["https://example.com/new", "https://example.com/new?b=7&c=1#top", "http://other.example/a/./b?x", "/relative"];
  context.url = random.pick([...URLS, "https://www.example.com/shop/cart?a=1&b=2&a=3", "http://x.example/?q=a%20b+c&ü=ß"]);
  context.experiments = random.times(3, () => ({
    key: random.pick(["exp", "other"]),
    persistQueryString: random.chance(0.6),
    variations: Array.from({ length: 2 + random.below(2) }, () => (random.chance(0.3) ? {} : { urlRedirect: random.pick(pages) })),
    weights: random.chance(0.5) ? [0, 1] : undefined,
    urlPatterns: random.chance(0.6)
      ? [{ include: true, type: "simple", pattern: "*" }]
      : random.times(2, () => {
        const [type, pattern] = random.pick(PATTERNS);
        return { include: random.chance(0.7), type, pattern };
      }),
  }));
  return context;
}

// Assignments of earlier visits, partly for this user.
export function stickyDocs(random, { attributes: tested }) {
  const assignments = () => Object.fromEntries(random.times(12, () => [
    `${random.pick(["exp", "other", "third", "one"])}__${random.pick([0, 0, 1, 2, 3])}`,
    random.pick(["0", "0", "1", "1", "2", "v1", "gone"]),
  ]));
  return Array.from({ length: random.below(5) }, () => {
    const attributeName = random.pick(["id", "id", "deviceId", "plan"]);
    const own = tested[attributeName];
    const text = typeof own === "string" ? own : JSON.stringify(own);
    const attributeValue = text !== undefined && random.chance(0.8) ? text : "somebody";
    return { attributeName, attributeValue, assignments: assignments() };
  });
}
