//! Design tokens and Leptos components that the site and the account pages share.
