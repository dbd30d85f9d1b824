//! People: accounts, sessions, keys, OpenID Connect.
