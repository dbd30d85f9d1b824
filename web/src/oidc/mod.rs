//! The site as a confidential OpenID Connect client: sign-in, its callback, sign-out, refresh.

mod backchannel;
mod callback;
mod login;
mod logout;
mod logout_token;
mod pending;
mod provider;
mod return_to;

pub use backchannel::backchannel_logout;
pub use callback::callback;
pub use login::{login, login_path, register};
pub use logout::{logout, logout_browser, logout_everywhere};
pub use provider::{GrantError, Provider};
pub use return_to::ReturnTo;
