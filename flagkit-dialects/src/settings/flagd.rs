//! Where versions of flagd differ.

/// Where versions of flagd differ.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct FlagdSettings {
    /// How `fractional` finds a bucket.
    pub fractional: FractionalVersion,
    /// What a flag without `defaultVariant` answers where one is needed.
    pub no_default: NoDefault,
}

/// The revision of `fractional`; each puts the same user into another bucket.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new one must be said everywhere")]
pub enum FractionalVersion {
    /// Per cent of a signed hash of text.
    V1,
    /// The high half of a product with a hash of text.
    V2,
    /// The same with a hash of any value, as CBOR.
    #[default]
    V3,
}

/// What a flag without `defaultVariant` answers where one is needed: always the caller's default.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new one must be said everywhere")]
pub enum NoDefault {
    /// With the reason `DEFAULT`.
    #[default]
    CallersDefault,
    /// With the error `FLAG_NOT_FOUND`, as older versions had it.
    FlagNotFound,
}
