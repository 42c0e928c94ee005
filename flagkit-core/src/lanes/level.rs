//! How wide this machine computes.

/// The widest vectors that this machine has, if any can be used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    #[cfg(feature = "simd")]
    pub(super) vectors: Option<fearless_simd::Level>,
    /// Whether there are instructions for SHA.
    #[cfg(all(feature = "simd", feature = "sha"))]
    has_sha: bool,
}

impl Level {
    /// What the processor says about itself; asked once in a process.
    pub(crate) fn detect() -> Self {
        Self {
            #[cfg(feature = "simd")]
            vectors: Some(fearless_simd::Level::new()).filter(|level| !level.is_fallback()),
            #[cfg(all(feature = "simd", feature = "sha"))]
            has_sha: has_sha(),
        }
    }

    /// Whether one SHA after another is faster than several in vectors.
    ///
    /// Measured: 16 ns for a SHA-1 and 25 for a SHA-256 by such instructions, 30 and 46 with AVX2, 8
    /// and 10 with AVX-512.
    #[cfg(all(feature = "simd", feature = "sha"))]
    pub(super) fn does_sha_faster(self) -> bool {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        let is_widest = self.vectors.is_some_and(|level| level.as_avx512().is_some());
        #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
        let is_widest = false;
        self.has_sha && !is_widest
    }

    /// Hashes are computed one by one.
    #[cfg(test)]
    pub(crate) const ONE_BY_ONE: Self = Self {
        #[cfg(feature = "simd")]
        vectors: None,
        #[cfg(all(feature = "simd", feature = "sha"))]
        has_sha: false,
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
        let at = |vectors| {
            let mut level = Self::ONE_BY_ONE;
            level.vectors = vectors;
            level
        };
        sse.into_iter().chain([avx2]).map(at).collect()
    }

    #[cfg(all(test, not(all(feature = "simd", target_arch = "x86_64"))))]
    fn narrower() -> Vec<Self> {
        Vec::new()
    }
}

#[cfg(all(feature = "simd", feature = "sha"))]
fn has_sha() -> bool {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    return std::arch::is_x86_feature_detected!("sha");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("sha2");
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}
