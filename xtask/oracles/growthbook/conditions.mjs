// Random attributes, and conditions that often but not always hold for them.

const TEXTS = [
  "", "a", "A", "b", "world", "World", "US", "us", "0", "1", "5", " 5 ", "8", "10", "1e3", "0x1F", "-3", "3.0",
  "true", "null", "[object Object]", "a,b", "élan", "ÉLAN", "😀", "z\uffff", "straße", "STRASSE", "İ", "ΑΣ", "ας",
  "1.2.3", "v1.2.3", "1.2.3-beta.2", "1.2.3-beta.11", "2.0", "10.0.0+b7", "1.2.3.4", "100000.0.0", "..", "1.02.3",
  "http://x.y/z?q=1", "2024-01-01", "line\nbreak", "+5", "Infinity", "-Infinity", "1_000", "NaN", "12px", ".5", "5.",
];
const NUMBERS = [
  0, 1, -1, 2, 3, 5, 8, 10, 0.5, 1.5, -2.25, 1e21, 1e-7, 123456789012, 9007199254740993, 0.1, 1e300, 100, 2147483648,
  1e20, 1.5e-10, -1e21, 5e-324,
];
const NAMES = ["id", "country", "age", "tags", "version", "plan", "deep", "list", "$odd", "ünï", "items", "0"];
const PATTERNS = [
  "^a", "b$", "[0-9]+", "wor", "(US|us)", "^$", "\\d", "\\w+", "[", "(", "a/b", "\\/z", "x.y", "😀", "é", "^.$", "^\\S+$",
  "null", "true", "(?:a|b){1,2}", "*", "+", "a**", "\\.", "[^a-z]", ".", "^[\\w.]+$", "a{2", "]", "}", "\\-", "[\\d-x]",
  "\\bworld\\b", "\\Bo", "(?=w)wor", "^(?!a)", "(?<=w)o", "(?<!w)o", "(?:(?=a)|b)+", "(?<year>\\d{4})-", "[\\u0041-\\u005a]", "\\x41", "\\cJ", "\\0", "[]", "[^]", "\\p{L}", "a|", "(?i)a",
];
// References back to a group are left out: FlagKit refuses them, and says so.

export function scalar(random) {
  return random.weighted([
    [5, () => random.pick(TEXTS)],
    [4, () => random.pick(NUMBERS)],
    [2, () => random.chance(0.5)],
    [1, () => null],
  ]);
}

export function value(random, depth = 2) {
  if (depth === 0) return scalar(random);
  return random.weighted([
    [8, () => scalar(random)],
    [2, () => random.times(3, () => value(random, depth - 1))],
    [2, () => structure(random, depth - 1)],
  ]);
}

function structure(random, depth) {
  const names = random.some(["a", "b", "name", "2", "1", "length", "", "x.y"], 3);
  return Object.fromEntries(names.map((name) => [name, value(random, depth)]));
}

export function attributes(random) {
  const chosen = NAMES.filter(() => random.chance(0.6));
  const found = Object.fromEntries(chosen.map((name) => [name, value(random)]));
  if (random.chance(0.85)) found.id = random.weighted([
    [6, () => `user-${random.below(1000)}`],
    [1, () => random.below(100000)],
    [1, () => random.pick(TEXTS)],
    [1, () => random.pick(NUMBERS)],
    [0.5, () => value(random)],
  ]);
  if (random.chance(0.6)) found.deviceId = `d-${random.below(50)}`;
  if (random.chance(0.5)) found.plan = random.pick(["free", "pro", "enterprise"]);
  return found;
}

// Every path into a value, so that conditions find something.
function paths(from, above = "", out = []) {
  if (from === null || typeof from !== "object") return out;
  for (const name of Object.keys(from)) {
    out.push(above + name);
    paths(from[name], `${above + name}.`, out);
  }
  if (Array.isArray(from)) out.push(`${above}length`);
  return out;
}

function follow(from, path) {
  return path.split(".").reduce(
    (at, step) => (at !== null && typeof at === "object" && Object.hasOwn(at, step) ? at[step] : null),
    from,
  );
}

// A value that something may be compared with: itself, its neighbour, or anything.
function near(random, found) {
  return random.weighted([
    [4, () => found],
    [1, () => (typeof found === "number" ? String(found) : found)],
    [1, () => (typeof found === "string" && found.trim() !== "" && !Number.isNaN(Number(found)) ? Number(found) : found)],
    [1, () => (typeof found === "string" ? found.toUpperCase() : found)],
    [1, () => (typeof found === "number" ? found + random.pick([-1, 1, 0.5]) : scalar(random))],
    [2, () => value(random, 1)],
  ]);
}

export function condition(random, tested, groups, depth = 3) {
  const known = paths(tested);
  const result = {};
  for (let left = 1 + random.below(2); left > 0; left--) {
    if (depth > 0 && random.chance(0.3)) {
      const inner = () => condition(random, tested, groups, depth - 1);
      const name = random.pick(["$or", "$nor", "$and", "$not", "$savedGroup"]);
      if (name === "$savedGroup") result[name] = groupReference(random, groups, tested);
      else result[name] = name === "$not" ? inner() : random.times(3, inner);
      continue;
    }
    const path = known.length > 0 && random.chance(0.85)
      ? random.pick(known)
      : random.pick(["missing", "id.x", "tags.0", "deep.a.b", "$unknown", "", "list.7", "items.length"]);
    result[path] = conditionValue(random, follow(tested, path), groups, depth);
  }
  return result;
}

function groupReference(random, groups, tested) {
  if (random.chance(0.05)) return random.pick([null, "g1", [], 3]);
  const id = random.pick([...Object.keys(groups), "nowhere"]);
  const reference = { id };
  if (random.chance(0.3)) reference.attributeKey = random.pick([...paths(tested), "missing", 7]);
  return reference;
}

function conditionValue(random, found, groups, depth) {
  if (depth <= 0 || random.chance(0.2)) return near(random, found);
  const result = {};
  for (let left = 1 + random.below(2); left > 0; left--) {
    const [name, operand] = operator(random, found, groups, depth);
    result[name] = operand;
  }
  if (random.chance(0.03)) result.plain = 1;
  return result;
}

function operator(random, found, groups, depth) {
  const inner = (about) => conditionValue(random, about, groups, depth - 1);
  const list = () => (random.chance(0.07) ? scalar(random) : random.times(3, () => near(random, element(random, found))));
  return random.weighted([
    [3, () => [random.pick(["$eq", "$ne"]), near(random, found)]],
    [4, () => [random.pick(["$lt", "$lte", "$gt", "$gte"]), near(random, found)]],
    [4, () => [random.pick(["$in", "$nin", "$ini", "$nini"]), list()]],
    [3, () => [random.pick(["$inGroup", "$notInGroup"]), random.pick([...Object.keys(groups), "nowhere"])]],
    [2, () => [random.pick(["$all", "$alli"]), random.chance(0.1) ? scalar(random) : random.times(2, () => inner(element(random, found)))]],
    [3, () => ["$elemMatch", elementCondition(random, found, groups, depth)]],
    [2, () => ["$size", random.chance(0.5) ? random.below(4) : inner(Array.isArray(found) ? found.length : 1)]],
    [2, () => ["$exists", random.pick([true, false, true, false, 1, 0, "", "x", null])]],
    [2, () => ["$type", random.pick(["string", "number", "boolean", "array", "object", "null", "undefined", "unknown", 1])]],
    [2, () => [random.pick(["$regex", "$regexi"]), random.pick(PATTERNS)]],
    [2, () => ["$not", inner(found)]],
    [3, () => [random.pick(["$veq", "$vne", "$vgt", "$vgte", "$vlt", "$vlte"]), random.chance(0.9) ? random.pick(TEXTS) : scalar(random)]],
    [0.3, () => [random.pick(["$regx", "$", "$or"]), near(random, found)]],
  ]);
}

function element(random, found) {
  return Array.isArray(found) && found.length > 0 ? random.pick(found) : found;
}

function elementCondition(random, found, groups, depth) {
  const about = element(random, found);
  if (about !== null && typeof about === "object" && random.chance(0.7)) {
    return condition(random, about, groups, depth - 1);
  }
  const made = conditionValue(random, about, groups, depth - 1);
  return made === null ? { $eq: null } : made;
}

export function savedGroups(random, tested) {
  const ids = Object.values(tested).flat().filter((one) => one === null || typeof one !== "object");
  const values = () => random.times(4, () => (ids.length > 0 && random.chance(0.5) ? random.pick(ids) : scalar(random)));
  const groups = { g1: values(), g2: values() };
  if (random.chance(0.4)) groups.list = { type: "list", attributeKey: random.pick(["id", "plan", "tags", "deep.a"]), values: values() };
  if (random.chance(0.4)) groups.nested = { type: "condition", condition: condition(random, tested, groups, 1) };
  if (random.chance(0.1)) groups.circle = { type: "condition", condition: { $savedGroup: { id: "circle" } } };
  if (random.chance(0.1)) groups.odd = random.pick([null, 3, {}, { type: "list" }, { type: "later" }, { type: "condition" }]);
  return groups;
}
