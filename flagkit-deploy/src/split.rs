//! How traffic is divided, in millionths.

use std::fmt;

use serde::{Deserialize, Serialize};

/// All traffic, in millionths.
pub const WHOLE: u32 = 1_000_000;

/// A share of the traffic in millionths (ppm): 0 to [`WHOLE`].
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Weight(u32);

impl Weight {
    /// No traffic.
    pub const NONE: Self = Self(0);
    /// All traffic.
    pub const ALL: Self = Self(WHOLE);

    /// This many millionths; none if that is more than the whole.
    ///
    /// ```
    /// use flagkit_deploy::Weight;
    ///
    /// assert_eq!(Weight::from_ppm(50_000).unwrap().to_string(), "5%");
    /// assert!(Weight::from_ppm(1_000_001).is_none());
    /// ```
    pub const fn from_ppm(ppm: u32) -> Option<Self> {
        if ppm <= WHOLE { Some(Self(ppm)) } else { None }
    }

    /// The share in millionths.
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// What is left of the whole.
    pub const fn rest(self) -> Self {
        Self(WHOLE - self.0)
    }
}

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ppm = u32::deserialize(deserializer)?;
        let error = || serde::de::Error::custom(format!("{ppm} ppm is more than {WHOLE}"));
        Self::from_ppm(ppm).ok_or_else(error)
    }
}

/// In percent, with as many digits as it has.
impl fmt::Display for Weight {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        if rest == 0 {
            return write!(formatter, "{whole}%");
        }
        let digits = format!("{rest:04}");
        write!(formatter, "{whole}.{}%", digits.trim_end_matches('0'))
    }
}

/// One weight for each arm of a plan, the control's first. They add up to [`WHOLE`].
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Split(Vec<Weight>);

impl Split {
    /// The weights in the order of the arms; none if they do not add up to [`WHOLE`].
    ///
    /// ```
    /// use flagkit_deploy::{Split, Weight};
    ///
    /// let weights = |ppm: &[u32]| ppm.iter().map(|&ppm| Weight::from_ppm(ppm).unwrap()).collect();
    /// assert!(Split::new(weights(&[900_000, 100_000])).is_some());
    /// assert!(Split::new(weights(&[900_000, 90_000])).is_none());
    /// ```
    pub fn new(weights: Vec<Weight>) -> Option<Self> {
        let sum: u64 = weights.iter().map(|weight| u64::from(weight.0)).sum();
        (sum == u64::from(WHOLE)).then_some(Self(weights))
    }

    /// Everything to one arm of `arms` many; everything to the control if there is no such arm.
    pub fn all_to(arm: usize, arms: usize) -> Self {
        let arm = if arm < arms { arm } else { 0 };
        let weight = |at| if at == arm { Weight::ALL } else { Weight::NONE };
        Self((0..arms.max(1)).map(weight).collect())
    }

    /// What this arm gets; nothing if there is no such arm.
    pub fn of(&self, arm: usize) -> Weight {
        self.0.get(arm).copied().unwrap_or_default()
    }

    /// What all arms but the control get.
    pub fn treated(&self) -> Weight {
        self.of(0).rest()
    }

    /// The weights in the order of the arms.
    pub fn weights(&self) -> &[Weight] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Split {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let weights = Vec::<Weight>::deserialize(deserializer)?;
        let error = || serde::de::Error::custom(format!("the weights do not add up to {WHOLE}"));
        Self::new(weights).ok_or_else(error)
    }
}

/// `95% / 5%`.
impl fmt::Display for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, weight) in self.0.iter().enumerate() {
            let between = if at == 0 { "" } else { " / " };
            write!(formatter, "{between}{weight}")?;
        }
        Ok(())
    }
}
