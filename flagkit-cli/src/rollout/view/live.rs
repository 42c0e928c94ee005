//! A release on a terminal, drawn anew with every change: what it is doing above, what happened last
//! below. When it ends, the last picture stays.

use std::collections::VecDeque;
use std::io::{self, Write};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::rollout::standing::Standing;
use crate::rollout::told::{Mark, Told};
use crate::rollout::view::{View, lines, page};

/// A picture that is drawn over and over.
///
/// indicatif moves the cursor and clears what is longer than before; each line of the picture is
/// a bar of it that has no bar.
#[derive(Debug)]
pub(crate) struct Live {
    screen: MultiProgress,
    bars: Vec<ProgressBar>,
    told: VecDeque<Told>,
    picture: Vec<String>,
}

impl Live {
    /// On the standard output.
    pub(crate) fn new() -> Self {
        let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
        Self { screen, bars: Vec::new(), told: VecDeque::new(), picture: Vec::new() }
    }

    /// Draws the picture and the last events.
    fn draw(&mut self) -> io::Result<()> {
        let mut lines = self.picture.clone();
        if !self.told.is_empty() {
            lines.push(String::new());
        }
        for told in &self.told {
            let mut line = Vec::new();
            lines::line(&mut line, told)?;
            lines.push(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        while self.bars.len() < lines.len() {
            let bar = ProgressBar::new_spinner();
            bar.set_style(style());
            self.bars.push(self.screen.add(bar));
        }
        while self.bars.len() > lines.len() {
            if let Some(bar) = self.bars.pop() {
                self.screen.remove(&bar);
            }
        }
        for (bar, line) in self.bars.iter().zip(lines) {
            // An empty message would take no line at all.
            let line = if line.is_empty() { " ".to_owned() } else { line };
            if bar.message() != line {
                bar.set_message(line);
            }
        }
        Ok(())
    }

    fn push(&mut self, told: Told) {
        if self.told.len() == EVENTS {
            self.told.pop_front();
        }
        self.told.push_back(told);
    }
}

impl View for Live {
    fn told(&mut self, told: &Told) -> io::Result<()> {
        self.push(told.clone());
        self.draw()
    }

    fn stands(&mut self, standing: &Standing) -> io::Result<()> {
        self.picture = page::lines(standing);
        self.draw()
    }

    fn notice(&mut self, words: &str) -> io::Result<()> {
        let at_ms = crate::rollout::engine::now();
        self.push(Told { at_ms, mark: Mark::Warning, text: format!("engine: {words}") });
        self.draw()
    }

    fn end(&mut self) -> io::Result<()> {
        for bar in self.bars.drain(..) {
            let line = bar.message();
            bar.abandon_with_message(line);
        }
        io::stdout().write_all(b"\n")
    }
}

/// A line of text, as wide as the terminal at most.
fn style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// So many of the last events are shown.
const EVENTS: usize = 6;
