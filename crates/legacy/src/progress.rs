//! How far a run is, on standard error: a line that is written over at a terminal, a line a step elsewhere.

use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

/// How often the line is written anew.
const EVERY: Duration = Duration::from_millis(250);

/// What tells the operator how far a run is.
#[derive(Debug)]
pub(crate) struct Progress {
    quiet: bool,
    terminal: bool,
    begun: Instant,
    told: Option<Instant>,
    /// Rows at the beginning of this process, so that a resumed run's rate is its own.
    first: u64,
    rows: u64,
    total: u64,
}

impl Progress {
    /// For `total` rows, of which `rows` are done.
    pub(crate) fn new(quiet: bool, rows: u64, total: u64) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { quiet, terminal, begun: Instant::now(), told: None, first: rows, rows, total }
    }

    /// Counts rows of `step`.
    pub(crate) fn advance(&mut self, step: &str, rows: u64) {
        self.rows += rows;
        if !self.quiet && self.terminal && self.told.is_none_or(|told| told.elapsed() >= EVERY) {
            self.told = Some(Instant::now());
            self.write(&format!("\r\x1b[K{}", self.line(step)));
        }
    }

    /// A step is done.
    pub(crate) fn end(&self, step: &str) {
        if !self.quiet {
            let start = if self.terminal { "\r\x1b[K" } else { "" };
            self.write(&format!("{start}{}\n", self.line(step)));
        }
    }

    fn line(&self, step: &str) -> String {
        let seconds = self.begun.elapsed().as_secs_f64().max(0.001);
        let done = self.rows - self.first;
        #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
        let (rate, left) = (done as f64 / seconds, self.total.saturating_sub(self.rows) as f64);
        let left = if rate > 0.0 { clock(left / rate) } else { "?".to_owned() };
        let percent = (self.rows * 100).checked_div(self.total).unwrap_or(100).min(100);
        let filled = usize::try_from(percent / 5).unwrap_or(20);
        let bar = format!("{}{}", "#".repeat(filled), "-".repeat(20 - filled));
        format!("[{bar}] {percent:>3}%  {}/{} rows  {rate:.0} rows/s  {left} left  {step}", self.rows, self.total)
    }

    fn write(&self, text: &str) {
        // Nobody may be there to read it.
        let _unread = std::io::stderr().write_all(text.as_bytes());
    }
}

fn clock(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a figure to look at")]
    let seconds = seconds.round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_rate_and_time_left() {
        let mut progress = Progress::new(true, 0, 1000);
        progress.advance("users", 250);
        progress.begun = Instant::now().checked_sub(Duration::from_secs(10)).unwrap_or(progress.begun);
        let line = progress.line("users");
        assert!(line.starts_with("[#####---------------]  25%  250/1000 rows  25 rows/s  0:30 left"), "{line}");
    }
}
