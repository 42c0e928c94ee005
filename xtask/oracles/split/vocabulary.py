"""Values that hit both branches of Split's matchers: the texts, numbers and versions around their operands."""

DAY = 86_400_000
NOON = 1_700_049_600_000  # 2023-11-15T12:00:00Z in milliseconds

KEYS = [
    "user-1", "seg-in", "seg-out", "mauro@split.io", "Ünïcødé-ключ", "日本語", "pre-fix", "abc", "cba",
    "a", "true", "FALSE", "1", "42", "-7", "1.2.3", "1.2.3-rc.1", "", " ", "x" * 300, "🦀-crab",
]
ASTRAL = "🦀"

TEXTS = [
    "", "a", "ab", "abc", "zabcd", "pre@split.io", "mauro@split.io", "PRE", "ünï", "ключ", "tail🦀", " true ",
    "true", "False", "TRUE", "null", "yes", "3", "1.5", "[\"a\", \"b\"]", "{\"a\": 1}", "\"a\"", "a\nb", "1e+16",
]
WORDS = ["a", "b", "c", "abc", "ü", "on", "off", "3", "true", "", "pre", "@split.io", "ключ", "[", "1.5", "1e+16", "[\"a\", \"b\"]"]

INTEGERS = [-100, -1, 0, 1, 2, 9, 10, 11, 41, 42, 43, 100, 1_000_000, 2**53, 2**53 + 1, 2**63 - 1]
NUMBER_TEXTS = ["10", "42", " 42 ", "+10", "-1", "1_000_000", "0042", "4_2", "_42", "42_", "4__2", "1e1", "10.0", "0x2a", "", "\t11\n", "ten"]
SECONDS = [
    NOON // 1000 + offset for offset in
    (-86_400, -43_201, -43_200, -61, -60, -59, -1, 0, 1, 59, 60, 61, 119, 120, 43_199, 43_200, 86_399, 86_400)
] + [0, -1, -60, -61, NOON]
MILLISECONDS = [NOON + offset for offset in (-DAY, -1, 0, 1, 59_999, 60_000, 30_500, DAY - 1, DAY)] + [0, -1, -60_000, -30_250, 1]

# Numbers of versions beyond 64 bits are left out: SDKs of typed languages refuse them, this one does not.
VERSIONS = [
    "1.2.3", "1.2.4", "1.2.2", "2.0.0", "0.9.9", "1.2.3-rc.1", "1.2.3-rc.2", "1.2.3-rc.10", "1.2.3-alpha", "1.2.3-alpha.1",
    "1.2.3-alpha.beta", "1.2.3-1", "1.2.3-01", "1.2.3-00.a", "1.2.3+build", "1.2.3+build.2", "1.2.3-rc.1+b", "01.02.03",
    "1.2", "1", "1.2.3.4", "1.2.3-", "1.2.3+", "v1.2.3", "", "a.b.c", "1.2.x", "1.-2.3", "+1.2.3", "1.2.3-rc..1", "1.2.3-.",
    " 1.2.3", "1. 2.3 ", "1_0.2.3", "10.2.3", "1.2.3-a-b", "1.2.3--", "1.2.3-rc.1+", "1.2.3++", "1.2.3-é", "1.2.3-Z.z",
    "1.2.3-" + "9" * 30, "1.2.3-" + "8" * 30, "99999999999999999.0.0",
]

PATTERNS = ["abc", "^a", "b$", "^$", "a|c", "[a-c]{2}", "\\d+", "^\\w+@split\\.io$", "(?i)pre", "\\.", "a.b", "к", "^[^a]", "(a)(b)?", "x*"]

ODD = [None, True, False, 0, 1, 3, -7, 1.5, 10.0, 1e16, 1e-05, 0.1, 1e22, 123456789.125, [], ["a"], ["a", "b"], ["b", "a", "a"], [1, "a"],
       [True, None], ["ü"], [["a"]], [{}], {}, {"a": 1}, {"a": 1, "b": 2}, {"c": ["ü", 1.0, None]}, "a", "abc", "cab", ""]

SETS = [[], ["a"], ["b"], ["a", "b"], ["a", "b", "c"], ["b", "c"], ["abc"], ["a", ""], ["x"], ["ü", "a"]]
