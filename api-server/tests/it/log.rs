//! Listening to what a server under test writes into its log.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::{Dispatch, Level, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

/// The lines so far.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Hears every line of a test whose runtime has one thread, those of tasks that a library spawns among them.
pub(crate) struct Log {
    lines: Lines,
    _heard: DefaultGuard,
    /// With one subscriber alone, a line that another thread without any meets first would stay silent for all.
    _another: Dispatch,
}

impl Log {
    /// From here on.
    pub(crate) fn hear(level: Level) -> Self {
        let lines = Lines::default();
        let subscriber =
            tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(lines.clone()).finish();
        let another = Dispatch::new(tracing::subscriber::NoSubscriber::default());
        Self { lines, _heard: tracing::subscriber::set_default(subscriber), _another: another }
    }

    /// What was written.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.lines.0.lock().unwrap()).into_owned()
    }
}
