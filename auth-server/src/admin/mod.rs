//! Governing people, clients and keys (`/api/auth/admin/*`), for admins alone.

pub mod guard;
