//! What is said about documents that are wrong, and where.

use super::*;

const FAILS: &str = "; the flag answers the caller's default with PARSE_ERROR";

/// What is wrong with a document, in the order of the lines, without the usual consequence.
fn problems_in_order(text: &str) -> Vec<String> {
    let mut found = problems(text);
    found.sort_by_key(|line| line.split(':').next().and_then(|line| line.parse::<usize>().ok()));
    found.iter().map(|line| line.replace(FAILS, "")).collect()
}

/// A document with one broken flag, whose fields stand below each other from line 5 on.
fn check(fields: &str, expected: &[&str]) {
    let text = format!("schema: flagkit/1\nflags:\n  a:\n    enabled: true\n{fields}");
    assert_eq!(problems_in_order(&text), expected, "{fields}");
    assert_eq!(answer(&text, "a", &json!({})), "error PARSE_ERROR", "{fields}");
}

/// A document that only causes warnings.
fn check_warnings(text: &str, expected: &[&str]) {
    assert_eq!(problems_in_order(text), expected, "{text}");
    assert!(read(text).diagnostics.iter().all(|diagnostic| !diagnostic.is_error()));
}

#[test]
fn wrong_types_break_the_flag_and_each_is_named() {
    check(
        "    environments: prod
    bucket_by: 7
    salt: [x]
    rollout_percentage: '5'
    variants: 3
    overrides: [u-1]
    dependencies: parent
    targeting_rules: {}
    schedule: soon
    hash: sha1
    name: b
",
        &[
            "5:19 flags.a.environments: expected a list, found the text `prod`; write a list, even \
             for one element",
            "6:16 flags.a.bucket_by: expected text, found `7`; write text, in quotes if it looks \
             like a number",
            "7:5 flags.a.salt: expected text, found a list; write text, in quotes if it looks like \
             a number",
            "8:25 flags.a.rollout_percentage: expected a number from 0 to 100, found the text `5`; \
             write a number without quotes",
            "9:15 flags.a.variants: expected a map or a list, found `3`; write a map from names to \
             variants",
            "10:5 flags.a.overrides: expected a map, found a list; write a map from ids to \
             variants, true or false",
            "11:19 flags.a.dependencies: expected a list, found the text `parent`; write a list, \
             even for one element",
            "12:5 flags.a.targeting_rules: expected a list, found a map; write a list, even for one \
             element",
            "13:15 flags.a.schedule: expected a map, found the text `soon`; write a map of keys and \
             values",
            "14:11 flags.a.hash: there is no hash `sha1`; write `md5` or `xxh3`; the others stand in \
             a `bucketing` record",
            "15:11 flags.a.name: the name `b` contradicts the key `a`; make them equal, or remove \
             `name`",
        ],
    );
}

#[test]
fn an_operator_that_does_not_exist_is_answered_with_the_closest() {
    check(
        "    targeting_rules:
      - conditions:
          - { attribute: x, operator: equal, values: [1] }
          - { attribute: x }
          - { operator: equals, values: [1] }
          - { attribute: x, operator: equals }
",
        &[
            "7:39 flags.a.targeting_rules[0].conditions[0].operator: there is no operator `equal`; \
             did you mean `equals`?; name an operator of the format, such as `equals`",
            "8:13 flags.a.targeting_rules[0].conditions[1]: a condition needs `operator`; add it, \
             such as `operator: equals`",
            "9:13 flags.a.targeting_rules[0].conditions[2]: `equals` needs `attribute`; say which \
             attribute is compared",
            "10:13 flags.a.targeting_rules[0].conditions[3]: `equals` needs `values`; add `values`, \
             a list",
        ],
    );
}

#[test]
fn values_that_an_operator_cannot_read_are_each_named() {
    check(
        "    targeting_rules:
      - conditions:
          - { attribute: x, operator: greater_than, values: [1, old, true] }
          - { attribute: x, operator: semver_less, value: '1.4' }
          - { attribute: x, operator: before, values: ['2026-12-01'] }
          - { operator: time_between, values: ['2-4'] }
          - { operator: weekday, values: [someday] }
          - { attribute: ip, operator: in_cidr, values: [10.0.0.0/33] }
          - { attribute: x, operator: starts_with, values: [7] }
          - { operator: percentage, values: [5, 6] }
",
        &[
            "7:65 flags.a.targeting_rules[0].conditions[0].values[1]: `greater_than` cannot read \
             `\"old\"`; write a number",
            "7:70 flags.a.targeting_rules[0].conditions[0].values[2]: `greater_than` cannot read \
             `true`; write a number",
            "8:59 flags.a.targeting_rules[0].conditions[1].value: `semver_less` cannot read \
             `\"1.4\"`; write a semantic version in quotes, such as `\"1.4.0\"`",
            "9:56 flags.a.targeting_rules[0].conditions[2].values[0]: `before` cannot read \
             `\"2026-12-01\"`; write RFC 3339, such as `2026-12-01T00:00:00Z`, or unix seconds",
            "10:48 flags.a.targeting_rules[0].conditions[3].values[0]: `time_between` cannot read \
             `\"2-4\"`; write `\"HH:MM-HH:MM\"` in quotes, such as `\"22:00-06:00\"`",
            "11:43 flags.a.targeting_rules[0].conditions[4].values[0]: `weekday` cannot read \
             `\"someday\"`; write the name of a day, such as `monday`",
            "12:58 flags.a.targeting_rules[0].conditions[5].values[0]: `in_cidr` cannot read \
             `\"10.0.0.0/33\"`; write an address or a network, such as `10.0.0.0/8`",
            "13:61 flags.a.targeting_rules[0].conditions[6].values[0]: `starts_with` cannot read \
             `7`; write text in quotes",
            "14:37 flags.a.targeting_rules[0].conditions[7].values: `percentage` needs one number \
             from 0 to 100; write it, such as `values: [25]`",
        ],
    );
}

#[test]
fn lines_of_text_are_read_to_the_column() {
    check(
        "    targeting_rules:
      - when: 'age = 21'
      - conditions: [ 'age >', { when: 'x == 1', attribute: x }, 7 ]
",
        &[
            "6:20 flags.a.targeting_rules[0].when: column 5 of `age = 21`: write `==` instead of \
             `=`; correct the text",
            "7:29 flags.a.targeting_rules[1].conditions[0]: column 6 of `age >`: expected a value \
             after `>`; correct the text",
            "7:61 flags.a.targeting_rules[1].conditions[1].attribute: `attribute` cannot stand \
             beside `when`; say it in the text, or in another condition",
            "7:66 flags.a.targeting_rules[1].conditions[2]: expected a map, found `7`; write a map \
             of keys and values",
        ],
    );
}

#[test]
fn numbers_must_make_sense() {
    check(
        "    rollout_percentage: 100.5
    variants: { x: { weight: -1 }, y: { weight: heavy }, x: 5 }
    schedule:
      starts_at: 2027-01-01T00:00:00Z
      ends_at: 2026-01-01T00:00:00Z
      ramp:
        - { at: tomorrow, percentage: -1 }
        - { percentage: 5 }
",
        &[
            "5:25 flags.a.rollout_percentage: `100.5` is no percentage; write a number from 0 to 100",
            "6:61 flags.a.variants.x.weight: expected a weight, found `-1`; write a number from 0",
            "6:49 flags.a.variants.y.weight: expected a weight, found the text `heavy`; write a \
             number from 0",
            "6:61 flags.a.variants.x: expected a map, found `5`; write a map of keys and values",
            "6:61 flags.a.variants.x: the variant `x` is there twice; rename or remove one of them",
            "9:16 flags.a.schedule.ends_at: the schedule ends at 2026-01-01T00:00:00Z, before it \
             starts at 2027-01-01T00:00:00Z; the flag is never on; exchange the times",
            "11:17 flags.a.schedule.ramp[0].at: the text `tomorrow` is no time; write RFC 3339, such \
             as `2026-12-01T00:00:00Z`, or unix seconds",
            "11:39 flags.a.schedule.ramp[0].percentage: `-1` is no percentage; write a number from \
             0 to 100",
            "12:11 flags.a.schedule.ramp[1]: a step of the ramp needs `at`; write `{ at: <time>, \
             percentage: <0 to 100> }`",
        ],
    );
}

#[test]
fn variants_must_be_there_when_they_are_named() {
    check(
        "    variants: { control: { weight: 1 }, treatment: { weight: 1 } }
    overrides: { u-1: treatmen, u-2: 7 }
    targeting_rules:
      - { variant: controll }
      - { rollout: { variants: { other: 1 } } }
",
        &[
            "6:23 flags.a.overrides.u-1: the flag has no variant `treatmen`; did you mean \
             `treatment`?; name one of its variants, or add this one",
            "6:38 flags.a.overrides.u-2: expected a variant, true or false, found `7`; write the \
             name of a variant, true or false",
            "8:20 flags.a.targeting_rules[0].variant: the flag has no variant `controll`; did you \
             mean `control`?; name one of its variants, or add this one",
            "9:34 flags.a.targeting_rules[1].rollout.variants.other: the flag has no variant \
             `other`; name one of its variants, or add this one",
        ],
    );
}

#[test]
fn what_the_core_finds_is_placed_in_the_text() {
    check(
        "    dependencies: [ b, { flag: c } ]
    targeting_rules:
      - conditions: [ { attribute: x, operator: regex, values: ['('] } ]
",
        &[
            "7:65 flags.a.targeting_rules[0].conditions[0].values[0]: the pattern `(` cannot be used: \
           unclosed group",
        ],
    );
    check(
        "    dependencies: [ b, { flag: c } ]
  b: {}
",
        &[
            "5:32 flags.a.dependencies[1].flag: there is no flag `c`; add the flag or correct its name",
        ],
    );
    check(
        "    targeting_rules:
      - when: 'x == 1 and in_segment \"beta\"'
",
        &["6:15 flags.a.targeting_rules[0].when: there is no segment `beta`; add the segment or \
           correct its name"],
    );
}

#[test]
fn a_circle_breaks_every_flag_on_it_as_it_was_written() {
    let text = "
schema: flagkit/1
flags:
  a: { enabled: true, dependencies: [b] }
  b: { enabled: false, dependencies: [c] }
  c: { enabled: 1, dependencies: [a] }
  d: { enabled: true, dependencies: [a] }
";
    for flag in ["a", "b", "c"] {
        assert_eq!(answer(text, flag, &json!({})), "error PARSE_ERROR", "{flag}");
    }
    assert_eq!(answer(text, "d", &json!({})), "off false - - PREREQUISITE_FAILED");
}

#[test]
fn a_flag_that_is_there_twice_is_broken_and_its_neighbours_work() {
    for text in [
        "{\"schema\": \"flagkit/1\",\n\"flags\": {\"a\": {}, \"b\": {\"enabled\": true},\n \"a\": {}}}",
        "schema: flagkit/1\nflags:\n- name: a\n- { name: b, enabled: true }\n- name: a\n",
    ] {
        assert_eq!(answer(text, "a", &json!({})), "error PARSE_ERROR", "{text}");
        assert_eq!(answer(text, "b", &json!({})), "off false - - SPLIT", "{text}");
        let found = problems(text);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("flags.a: there are 2 flags called `a`"), "{found:?}");
    }
}

#[test]
fn keys_that_are_there_twice_break_what_holds_them() {
    check(
        "    enabled: false
    overrides: { u-1: true, u-1: false }
    targeting_rules: [ { id: x, id: y } ]
",
        &[
            "5:5 flags.a.enabled: the key `enabled` is there twice; remove one of them",
            "6:34 flags.a.overrides.u-1: the id `u-1` is there twice; remove one of them",
            "7:33 flags.a.targeting_rules[0].id: the key `id` is there twice; remove one of them",
        ],
    );
}

#[test]
fn a_variant_that_a_parent_does_not_have_breaks_the_child() {
    check(
        "    dependencies: [ { flag: theme, variants: [dark, drak] }, 7, { variants: [x] } ]
  theme: { variants: { dark: {} } }
",
        &[
            "5:53 flags.a.dependencies[0].variants[1]: the flag `theme` has no variant `drak`; did \
             you mean `dark`?; name one of its variants",
            "5:62 flags.a.dependencies[1]: expected the key of a flag, found `7`; write the key of a \
             flag",
            "5:65 flags.a.dependencies[2]: a dependency needs `flag`; write `{ flag: <key>, \
             variants: [<name>] }`",
        ],
    );
}

#[test]
fn a_broken_segment_breaks_every_flag_that_uses_it() {
    let text = "
schema: flagkit/1
segments:
  bad: { include: [[1]], match_type: some }
  outer: { conditions: [ { operator: in_segment, values: [bad] } ] }
  fine: { include: [u-1] }
flags:
  direct: { enabled: true, targeting_rules: [ { when: 'in_segment \"bad\"' } ] }
  through:
    enabled: false
    targeting_rules: [ { conditions: [ { operator: not_in_segment, values: [outer] } ] } ]
  sound: { enabled: true, targeting_rules: [ { when: 'in_segment \"fine\"' } ] }
";
    assert_eq!(
        problems_in_order(text),
        [
            "4:20 segments.bad.include[0]: expected an id, found a list; every flag that uses the \
             segment answers the caller's default with PARSE_ERROR; write text",
            "4:38 segments.bad.match_type: there is no match type `some`; every flag that uses the \
             segment answers the caller's default with PARSE_ERROR; write `all` or `any`",
            "8:55 flags.direct.targeting_rules[0].when: the segment `bad` is broken; mend the \
             segment `bad`",
            "11:77 flags.through.targeting_rules[0].conditions[0].values[0]: the segment `outer` \
             uses the segment `bad`, which is broken; mend the segment `bad`",
        ]
    );
    assert_eq!(answer(text, "direct", &json!({})), "error PARSE_ERROR");
    assert_eq!(answer(text, "through", &json!({})), "error PARSE_ERROR");
    assert_eq!(answer(text, "sound", &json!({})), "off false - - SPLIT");
}

#[test]
fn what_changes_no_answer_is_a_warning() {
    check_warnings(
        "flags:\n  a: { enabeld: true }\n",
        &[
            "1:1 schema: the document does not say which format it is in; it is read as \
             `flagkit/1`; add `schema: flagkit/1` at the top",
            "2:8 flags.a.enabeld: the key `enabeld` is unknown here; did you mean `enabled`?; it \
             changes nothing; correct or remove it",
        ],
    );
    check_warnings(
        "schema: flagkit/1
owner: me
flags:
  a:
    description: 7
    tags: [1]
    created_at: yesterday
    metadata: none
    default: { x: 1, x: 2 }
    rollout_percentage: 5
    variants: { x: {} }
    targeting_rules:
      - { id: r, match_type: any, variant: x, rollout: { variants: { x: 1 } } }
      - { id: r, conditions: [ { attribute: x, operator: exists, values: [1] } ] }
",
        &[
            "2:1 owner: the key `owner` is unknown here; it changes nothing; correct or remove it",
            "5:18 flags.a.description: expected text, found `7`; no answer depends on it; correct it",
            "6:5 flags.a.tags: expected a list of text, found a list; no answer depends on it; \
             correct it",
            "7:17 flags.a.created_at: expected a time, found the text `yesterday`; no answer \
             depends on it; correct it",
            "8:15 flags.a.metadata: expected a map, found the text `none`; the flag has no \
             metadata; write a map",
            "9:25 flags.a.default.x: the key `x` is there twice; the last one counts; remove one \
             of them",
            "11:5 flags.a.variants: no variant has a weight; the rollout serves `true` and no \
             variant; give the variants weights, such as `{ weight: 50 }`",
            "13:30 flags.a.targeting_rules[0].match_type: there is no condition; it never holds; \
             add conditions, or remove `match_type`",
            "13:58 flags.a.targeting_rules[0].rollout.variants: the rule has a `variant` of its \
             own; these variants are never served; remove one of them",
            "14:66 flags.a.targeting_rules[1].conditions[0].values: `exists` takes no values; they \
             change nothing; remove them",
            "14:15 flags.a.targeting_rules[1].id: another rule of the flag has the id `r`; \
             explanations cannot tell them apart and their rollouts coincide; rename one of them",
        ],
    );
}

#[test]
fn of_very_many_problems_the_first_are_listed() {
    let keys: Vec<String> = (0..100_010).map(|number| format!("\"k{number}\":1")).collect();
    let text = format!("{{\"schema\":\"flagkit/1\",\"flags\":{{\"a\":{{{}}}}}}}", keys.join(","));
    let diagnostics = read(&text).diagnostics;
    assert_eq!(diagnostics.len(), 100_001);
    assert_eq!(diagnostics[100_000].problem, "10 more problems are not listed");
}
