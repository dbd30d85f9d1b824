//! Governing people, clients and keys (`/api/auth/admin/*`), for admins alone.
//!
//! - [`users`]: people, their roles, bans, passwords, sessions; also what the operator's binary does with them
//! - [`events`]: reading the event log
//! - [`keys`]: the keys that sign tokens
//! - [`oauth_clients`]: OAuth clients, whoever registered them

pub mod author;
pub mod events;
pub mod guard;
pub mod keys;
pub mod oauth_clients;
pub mod query;
pub mod users;
