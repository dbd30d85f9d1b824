//! Framing: events as server-sent events.

use thiserror::Error;

use crate::Event;

/// A longer frame is refused while reading, in bytes.
pub const MAX_FRAME: usize = 8 * 1024 * 1024;

impl Event {
    /// The event as a frame: `data: `, its JSON on one line, an empty line.
    ///
    /// An event that would show a hidden item has no frame; the string is empty.
    #[must_use]
    pub fn to_frame(&self) -> String {
        if self.is_hidden() {
            return String::new();
        }
        match serde_json::to_string(self) {
            Ok(json) => format!("data: {json}\n\n"),
            // All keys are strings, so it can't fail; if it did, the reader should learn of it.
            Err(_) => "data: {\"type\":\"error\",\"code\":\"stream.error\",\"allow_retry\":true}\n\n".to_owned(),
        }
    }
}

/// Why a frame could not be read.
#[derive(Debug, Error)]
pub enum FrameError {
    /// The frame is not UTF-8.
    #[error("a frame of the stream is not UTF-8")]
    NotUtf8,
    /// The frame is not the JSON of an event.
    #[error("a frame of the stream is not an event: {0}")]
    NotAnEvent(#[from] serde_json::Error),
    /// The frame is longer than [`MAX_FRAME`]; what follows up to the next frame is dropped.
    #[error("a frame of the stream is longer than {MAX_FRAME} bytes")]
    TooLong,
}

/// Reads events from the bytes of a stream, however they are cut.
///
/// Takes all that a server-sent event may be: CR, LF and CRLF, comments, other fields, several
/// `data` lines in a frame, a byte-order mark at the beginning.
#[derive(Debug, Default)]
pub struct FrameReader {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_cr: bool,
    overflow: bool,
    lines: usize,
}

impl FrameReader {
    /// A reader at the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes and gives the events that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Result<Event, FrameError>> {
        let mut events = Vec::new();
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\r' | b'\n')) {
            match piece.split_last() {
                Some((b'\n', [])) if self.after_cr => self.after_cr = false,
                Some((end @ (b'\r' | b'\n'), text)) => {
                    self.extend(text);
                    self.after_cr = *end == b'\r';
                    events.extend(self.end_line());
                }
                _ => {
                    self.after_cr = false;
                    self.extend(piece);
                }
            }
        }
        events
    }

    /// Whether a frame has begun that is not complete: at the end of a stream, a sign that the
    /// connection was lost.
    #[must_use]
    pub fn is_inside_frame(&self) -> bool {
        self.has_data || !self.line.is_empty()
    }

    fn extend(&mut self, text: &[u8]) {
        if self.line.len() + self.data.len() + text.len() > MAX_FRAME {
            self.overflow = true;
            self.line.clear();
            self.data.clear();
        }
        if !self.overflow {
            self.line.extend_from_slice(text);
        }
    }

    fn end_line(&mut self) -> Option<Result<Event, FrameError>> {
        let mut line = std::mem::take(&mut self.line);
        self.lines = self.lines.saturating_add(1);
        if self.lines == 1 && line.starts_with("\u{feff}".as_bytes()) {
            line.drain(..3);
        }
        if !line.is_empty() {
            self.field(&line);
            return None;
        }
        let data = std::mem::take(&mut self.data);
        let has_data = std::mem::take(&mut self.has_data);
        if std::mem::take(&mut self.overflow) {
            return Some(Err(FrameError::TooLong));
        }
        has_data.then(|| read(&data))
    }

    fn field(&mut self, line: &[u8]) {
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        if name != b"data" {
            return;
        }
        if std::mem::replace(&mut self.has_data, true) {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
    }
}

fn read(data: &[u8]) -> Result<Event, FrameError> {
    let text = std::str::from_utf8(data).map_err(|_| FrameError::NotUtf8)?;
    Ok(serde_json::from_str(text)?)
}
