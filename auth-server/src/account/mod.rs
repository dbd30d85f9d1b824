//! The account API (`/api/auth/*`): registration, sign-in, sessions, verification, passwords.

pub mod body;
pub mod change_email;
pub mod change_password;
pub mod current_password;
pub mod delete_user;
pub mod email;
pub mod export;
pub mod get_session;
pub mod linked;
pub mod lockout;
pub mod new_email;
pub mod password;
pub mod policy;
pub mod profile;
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
pub mod verify_password;
