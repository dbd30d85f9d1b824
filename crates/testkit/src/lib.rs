//! For tests only: a database per test, sign-in helpers, fakes.
