//! The account API (`/api/auth/*`): registration, sign-in, sessions, verification, passwords.

pub mod body;
pub mod change_password;
pub mod email;
pub mod get_session;
pub mod lockout;
pub mod password;
pub mod policy;
pub mod reset;
pub mod seed;
pub mod send_verification;
pub mod sessions;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod token;
pub mod verification;
pub mod verify_email;
