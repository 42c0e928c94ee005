//! Where LaunchDarkly's own SDKs do not agree.

/// What the SDKs compute differently.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct LaunchDarklySettings {
    /// The precision of buckets.
    pub bucket_float: BucketFloat,
}

/// How the SDK whose answers are wanted computes with buckets.
///
/// The two differ for about one context in ten million: one whose bucket is closer to the end
/// of a variation's share than single precision can tell.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there are two precisions")]
pub enum BucketFloat {
    /// 32-bit floats: Go, Java, .NET, Rust, C++.
    #[default]
    Single,
    /// 64-bit floats: JavaScript, Python, Ruby, PHP.
    Double,
}
