//! Paths: where in a document a reader is, as links on the stack.
//!
//! Going down costs one small struct and no allocation; text is made only when a
//! diagnostic is written.

use std::fmt;

/// One step down from another path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// The document itself.
    pub(crate) const ROOT: Path<'static> = Path { above: None, step: Step::Root };

    /// The value under this key.
    pub(crate) const fn key(&'a self, key: &'a str) -> Self {
        Self { above: Some(self), step: Step::Key(key) }
    }

    /// The element at this place, from 0.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self { above: Some(self), step: Step::Index(index) }
    }

    fn is_at_top(&self) -> bool {
        self.above.is_none_or(|above| matches!(above.step, Step::Root))
    }
}

/// `flags.new-checkout.targeting_rules[2].conditions[0].values`
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            above.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Key(key) if self.is_at_top() => f.write_str(key),
            Step::Key(key) => write!(f, ".{key}"),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}
