//! How wide this machine computes.

/// The widest vectors that this machine has, if any can be used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    #[cfg(feature = "simd")]
    pub(super) vectors: Option<fearless_simd::Level>,
}

impl Level {
    /// What the processor says about itself; asked once in a process.
    pub(crate) fn detect() -> Self {
        Self {
            #[cfg(feature = "simd")]
            vectors: Some(fearless_simd::Level::new()).filter(|level| !level.is_fallback()),
        }
    }

    /// Hashes are computed one by one.
    #[cfg(test)]
    pub(crate) const ONE_BY_ONE: Self = Self {
        #[cfg(feature = "simd")]
        vectors: None,
    };

    /// All that this machine can do.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        [vec![Self::ONE_BY_ONE, Self::detect()], Self::narrower()].concat()
    }

    #[cfg(all(test, feature = "simd", target_arch = "x86_64"))]
    fn narrower() -> Vec<Self> {
        use fearless_simd::Level;
        let Some(widest) = Self::detect().vectors else { return Vec::new() };
        let avx2 = widest.as_avx2().map(Level::Avx2);
        let sse = [widest.as_sse4_2().map(Level::Sse4_2), widest.as_sse2().map(Level::Sse2)];
        sse.into_iter().chain([avx2]).map(|vectors| Self { vectors }).collect()
    }

    #[cfg(all(test, not(all(feature = "simd", target_arch = "x86_64"))))]
    fn narrower() -> Vec<Self> {
        Vec::new()
    }
}
