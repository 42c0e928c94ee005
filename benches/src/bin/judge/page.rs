//! The page: what is promised, what was measured, and what is missed.

mod tables;
mod words;

use std::path::Path;

use crate::cost::Cost;
use crate::{bad, exposure, late, quiet, split};

/// What the page is made of.
pub(crate) struct Page<'m> {
    /// Where it will be.
    pub(crate) path: &'m Path,
    /// 1.0 if everything was simulated as often as promised.
    pub(crate) effort: f64,
    pub(crate) costs: Vec<Cost>,
    pub(crate) difference: f64,
    pub(crate) bad: Vec<bad::Row>,
    pub(crate) late: Vec<late::Row>,
    pub(crate) exposure: Vec<exposure::Row>,
    pub(crate) splits: Vec<split::Row>,
    pub(crate) quiet: Vec<quiet::Row>,
}

impl Page<'_> {
    /// As Markdown.
    pub(crate) fn text(&self) -> String {
        let rough = if self.effort < 1.0 { words::ROUGH } else { "" };
        let sections = [
            words::HEAD.to_owned(),
            rough.to_owned(),
            tables::targets(self),
            words::QUIET.to_owned(),
            self.picture("false-rollbacks.svg"),
            tables::quiet(&self.quiet),
            words::QUIET_REASONS.to_owned(),
            words::BAD.to_owned(),
            self.picture("detection.svg"),
            tables::bad(&self.bad),
            words::BAD_REASONS.to_owned(),
            tables::floors(&self.bad),
            words::FLOORS.to_owned(),
            tables::information(&self.bad),
            words::LATE.to_owned(),
            tables::late(&self.late),
            words::LATE_REASONS.to_owned(),
            words::EXPOSURE.to_owned(),
            tables::exposure(&self.exposure),
            words::EXPOSURE_REASONS.to_owned(),
            words::SPLITS.to_owned(),
            tables::splits(&self.splits),
            words::COSTS.to_owned(),
            tables::costs(&self.costs, self.difference),
            words::LIMITS.to_owned(),
        ];
        let filled = sections.iter().filter(|section| !section.is_empty());
        filled.map(|section| section.trim_end()).collect::<Vec<&str>>().join("\n\n") + "\n"
    }

    fn picture(&self, name: &str) -> String {
        let folder = self.path.file_stem().unwrap_or_default().to_string_lossy();
        format!("![]({folder}/{name})")
    }
}

/// A share as a percentage with the digits that it deserves.
pub(crate) fn percent(share: f64) -> String {
    let value = 100.0 * share;
    match value {
        0.0 => "0".to_owned(),
        small if small < 0.1 => format!("{small:.3} %"),
        small if small < 10.0 => format!("{small:.2} %"),
        _ => format!("{value:.1} %"),
    }
}
