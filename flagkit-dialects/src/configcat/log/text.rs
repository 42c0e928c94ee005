//! Text with indentation.

/// Lines, each under those that it belongs to.
#[derive(Debug, Default)]
pub(super) struct Text {
    text: String,
    depth: usize,
}

impl Text {
    /// Goes on in the same line.
    pub(super) fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Begins a line.
    pub(super) fn line(&mut self, text: &str) {
        self.text.push('\n');
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(text);
    }

    pub(super) fn indent(&mut self) {
        self.depth += 1;
    }

    pub(super) fn outdent(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub(super) fn outdent_to(&mut self, depth: usize) {
        self.depth = depth;
    }

    pub(super) fn into_string(self) -> String {
        self.text
    }
}
