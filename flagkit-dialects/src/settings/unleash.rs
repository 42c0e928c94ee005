//! What Unleash's own SDKs do not agree on.

/// How documents of Unleash are read where its SDKs disagree, and what no document says.
///
/// The default is Yggdrasil, the engine inside all newer SDKs; [`UnleashSettings::node`] is the
/// SDK for Node.js, which has its own.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it as a literal")]
pub struct UnleashSettings {
    /// The name of this machine, for the strategy `applicationHostname`; without it that
    /// strategy holds for no one.
    pub host_name: Option<String>,
    /// What a strategy with an unknown segment does.
    pub missing_segment: BrokenPart,
    /// What a constraint with an unknown operator or an unreadable operand does.
    pub unreadable_constraint: BrokenPart,
    /// What a dependency on certain variants makes of a parent that has none.
    pub parent_without_variant: ParentWithoutVariant,
    /// What a dependency on a parent that is off makes of the variants that it lists.
    pub variants_of_disabled_parent: DisabledParent,
    /// What a rollout without group hashes in its place while its flag is somebody's parent.
    pub group_of_parent: ParentGroup,
    /// How often the strategy `gradualRolloutRandom` holds.
    pub random_percentage: RandomPercentage,
    /// Whether variants without user and session stick to the address.
    pub sticks_to_address: bool,
    /// Whether blanks around the values of `IN` and `NOT_IN` are removed, and empty ones left out.
    pub trims_values: bool,
}

impl UnleashSettings {
    /// As the SDK for Node.js reads documents.
    pub fn node() -> Self {
        Self {
            host_name: None,
            missing_segment: BrokenPart::NeverHolds,
            unreadable_constraint: BrokenPart::NeverHolds,
            parent_without_variant: ParentWithoutVariant::CountsAsDisabled,
            variants_of_disabled_parent: DisabledParent::Ignored,
            group_of_parent: ParentGroup::ParentName,
            random_percentage: RandomPercentage::UpToOneHundred,
            sticks_to_address: true,
            trims_values: true,
        }
    }
}

/// What a broken part of a strategy does.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "SDKs do one or the other")]
pub enum BrokenPart {
    /// The whole flag is off.
    #[default]
    BreaksFlag,
    /// It does not hold; other strategies may.
    NeverHolds,
}

/// What a dependency on certain variants makes of a parent that has none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "SDKs do one or the other")]
pub enum ParentWithoutVariant {
    /// It is as demanded.
    #[default]
    Accepted,
    /// Its variant is called `disabled`.
    CountsAsDisabled,
}

/// What a dependency on a parent that is off makes of the variants that it lists.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "SDKs do one or the other")]
pub enum DisabledParent {
    /// The variant that the parent would have must be among them.
    #[default]
    Compared,
    /// Nothing.
    Ignored,
}

/// What a rollout without group hashes in its place while its flag is somebody's parent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "SDKs do one or the other")]
pub enum ParentGroup {
    /// The name of the flag that was asked for, the child.
    #[default]
    AskedName,
    /// The name of its own flag.
    ParentName,
}

/// How often the strategy `gradualRolloutRandom` holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "SDKs do one or the other")]
pub enum RandomPercentage {
    /// If a number from 1 to 99 is below the percentage.
    #[default]
    BelowOfNinetyNine,
    /// If a number from 1 to 100 is not above the percentage.
    UpToOneHundred,
}
