//! Server-sent events as ChatKit sends them: `data: {json}` and a blank line. Read by the panel's endpoint from
//! api-server and by the panel in the browser; bytes may be cut anywhere, also within a character.

use serde_json::Value;

/// A frame that grows beyond this is no frame of ours; it is dropped, so that a stream cannot fill the memory.
const LIMIT: usize = 1024 * 1024;

/// Turns chunks of bytes into events.
#[derive(Debug, Default)]
pub struct EventReader {
    line: Vec<u8>,
    data: Vec<u8>,
}

impl EventReader {
    /// Takes the next bytes; gives the events that are complete by them. Comments, other fields and what is no JSON
    /// are passed over.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Value> {
        let mut events = Vec::new();
        for &byte in bytes {
            if byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                self.end_line(line.strip_suffix(b"\r").unwrap_or(&line), &mut events);
            } else if self.line.len() < LIMIT {
                self.line.push(byte);
            }
        }
        events
    }

    fn end_line(&mut self, line: &[u8], events: &mut Vec<Value>) {
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            events.extend(serde_json::from_slice::<Value>(&data).ok());
        } else if let Some(value) = line.strip_prefix(b"data:")
            && self.data.len() < LIMIT
        {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
        }
    }
}

/// An event as a frame.
#[must_use]
pub fn frame(event: &Value) -> String {
    format!("data: {event}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bytes_may_be_cut_anywhere() {
        let event = json!({"type": "x", "text": "Grüße\n\u{2028}"});
        let bytes = [frame(&event), frame(&json!(2))].concat().into_bytes();
        for cut in 0..bytes.len() {
            let mut reader = EventReader::default();
            let mut events = reader.push(&bytes[..cut]);
            events.extend(reader.push(&bytes[cut..]));
            assert_eq!(events, [event.clone(), json!(2)], "cut at {cut}");
        }
    }

    #[test]
    fn comments_carriage_returns_and_nonsense_are_passed_over() {
        let mut reader = EventReader::default();
        assert_eq!(
            reader.push(b": ping\r\n\r\nevent: x\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\ndata: oops\n\n"),
            [json!({"a": 1})]
        );
    }
}
