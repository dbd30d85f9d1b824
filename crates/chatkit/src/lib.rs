//! The ChatKit wire: requests, responses, stream events and their framing. No I/O.
