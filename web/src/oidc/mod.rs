//! The site as a confidential OpenID Connect client: sign-in, its callback, sign-out, refresh.

mod callback;
mod login;
mod logout;
mod pending;
mod provider;
mod return_to;

pub use callback::callback;
pub use login::{login, login_path, register};
pub use logout::logout;
pub use provider::{GrantError, Provider};
pub use return_to::ReturnTo;
