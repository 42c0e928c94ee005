//! The schema of a bucketing scheme.

use serde_json::{Value, json};

pub(super) fn bucketing() -> Value {
    json!({
        "description": "How ids become buckets, for flags that come from elsewhere and must keep \
            everybody's bucket. Without it `<salt>:<id>` is hashed with MD5 into 10,000 buckets.",
        "type": ["object", "null"],
        "additionalProperties": true,
        "properties": {
            "hash": {
                "description": "The hash function.",
                "enum": [
                    "md5", "sha1", "sha256", "xxh3", "murmur3", "fnv1a", "fnv1a-twice", "crc32",
                    "java",
                ],
                "default": "md5",
            },
            "seed": whole("The seed of `murmur3` and `java`.", [0, u32::MAX.into()], 0),
            "bits": whole(
                "How many leading bits of the digest count, for `md5`, `sha1` and `sha256`.",
                [1, 128],
                128,
            ),
            "buckets": whole("The number of buckets: the modulus.", [1, 1 << 31], 10_000),
            "first": whole(
                "The number of the first bucket. Counted from 1, a percentage includes its own \
                    bucket.",
                [0, 1],
                0,
            ),
            "input": {
                "description": "What is hashed; `{salt}` and `{id}` stand for those.",
                "type": "string",
                "default": "{salt}:{id}",
                "examples": ["{id}", "{salt}.{id}", "{id}{salt}"],
            },
        },
    })
}

fn whole(description: &str, [least, most]: [u64; 2], usual: u64) -> Value {
    json!({
        "description": description,
        "type": "integer",
        "minimum": least,
        "maximum": most,
        "default": usual,
    })
}
