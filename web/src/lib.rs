//! The site: pages on the server, islands in the browser.
