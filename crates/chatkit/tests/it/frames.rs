//! Streams are read however they are cut.

use chatkit::{Event, FrameError, FrameReader, Icon, MAX_FRAME};

const STREAM: &str = include_str!("golden/events.sse");

fn read(reader: &mut FrameReader, bytes: &[u8]) -> Vec<Event> {
    reader.push(bytes).into_iter().map(Result::unwrap).collect()
}

#[test]
fn a_stream_cut_anywhere_reads_the_same() {
    let whole = read(&mut FrameReader::new(), STREAM.as_bytes());
    assert_eq!(whole.len(), STREAM.matches("\n\n").count());
    for size in [1, 2, 3, 7, 64, 1000] {
        let mut reader = FrameReader::new();
        let events: Vec<Event> = STREAM.as_bytes().chunks(size).flat_map(|chunk| read(&mut reader, chunk)).collect();
        assert_eq!(events, whole, "chunks of {size}");
        assert!(!reader.is_inside_frame());
    }
}

#[test]
fn line_ends_of_every_kind_are_taken() {
    let whole = read(&mut FrameReader::new(), STREAM.as_bytes());
    for end in ["\r\n", "\r"] {
        let stream = STREAM.replace('\n', end);
        for size in [1, 5, 4096] {
            let mut reader = FrameReader::new();
            let events: Vec<Event> =
                stream.as_bytes().chunks(size).flat_map(|chunk| read(&mut reader, chunk)).collect();
            assert_eq!(events, whole, "{end:?} in chunks of {size}");
        }
    }
}

#[test]
fn comments_other_fields_and_split_data_are_taken() {
    let stream = "\u{feff}: ping\n\nevent: x\nid: 1\nretry: 5\n\n: a\ndata:{\"type\":\ndata: \"stream_options\",\"stream_options\":{\"allow_cancel\":false}}\nid: 7\n\n";
    assert_eq!(read(&mut FrameReader::new(), stream.as_bytes()), [Event::stream_options(false)]);
}

#[test]
fn a_bad_frame_does_not_spoil_the_next() {
    let mut reader = FrameReader::new();
    let good = Event::stream_error(true).to_frame();
    let results = reader.push(format!("data: [DONE]\n\ndata: {{\n\n{good}").as_bytes());
    assert!(
        matches!(results[..], [Err(FrameError::NotAnEvent(_)), Err(FrameError::NotAnEvent(_)), Ok(_)]),
        "{results:?}"
    );
    let results = reader.push(&[b"data: \xff\n\n", good.as_bytes()].concat());
    assert!(matches!(results[..], [Err(FrameError::NotUtf8), Ok(_)]), "{results:?}");
}

#[test]
fn an_endless_frame_is_given_up() {
    let mut reader = FrameReader::new();
    assert!(reader.push(b"data: ").is_empty());
    for _ in 0..=MAX_FRAME / 65536 {
        assert!(reader.push(&[b'x'; 65536]).is_empty());
    }
    let results = reader.push(format!("\n\n{}", Event::stream_error(false).to_frame()).as_bytes());
    assert!(matches!(results[..], [Err(FrameError::TooLong), Ok(_)]), "{results:?}");
}

#[test]
fn a_lost_connection_shows() {
    let mut reader = FrameReader::new();
    assert!(!reader.is_inside_frame());
    assert!(reader.push(b"data: {\"type\":").is_empty());
    assert!(reader.is_inside_frame());
}

#[test]
fn a_text_cannot_forge_a_frame() {
    let text = "a\n\ndata: {\"type\":\"error\"}\r\n\u{2028}é";
    let frame = Event::ProgressUpdate { icon: Some(Icon::SEARCH), text: text.into() }.to_frame();
    assert_eq!(frame.matches('\n').count(), 2);
    assert!(!frame.contains('\r') && frame.contains("\u{2028}é"));
    let events = read(&mut FrameReader::new(), frame.as_bytes());
    assert_eq!(events, [Event::ProgressUpdate { icon: Some(Icon::SEARCH), text: text.into() }]);
}
