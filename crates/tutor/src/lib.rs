//! The tutor's policy: what may be said, when, and how. No I/O.
