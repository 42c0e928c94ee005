//! Numbers that look like chance and come again with their seed.

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// From the variable `FLAGKIT_SEED`, or from the clock; says which seed it is.
    pub(crate) fn from_environment(what: &str) -> Self {
        let given = std::env::var("FLAGKIT_SEED").ok().and_then(|seed| seed.parse().ok());
        let clock = || {
            let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
            u64::from(since.subsec_nanos()) ^ since.as_secs()
        };
        let seed = given.unwrap_or_else(clock);
        eprintln!("{what}: FLAGKIT_SEED={seed}");
        Self(seed)
    }

    /// A number below another.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}
