//! Learning: courses, lessons, progress, threads, the tutor.
