//! stub
pub mod browser;
pub mod callback;
pub mod flow;
pub mod loopback;
pub mod page;
pub mod pkce;
pub mod poll;
