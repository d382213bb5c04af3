//! The `OpenID` Connect service of IAM Identity Center (AWS SSO OIDC, API version 2019-06-10): its four operations.
//!
//! | operation | request | RFC |
//! |---|---|---|
//! | `RegisterClient` | `POST /client/register` | 7591 |
//! | `StartDeviceAuthorization` | `POST /device_authorization` | 8628 section 3.1 |
//! | `CreateToken` | `POST /token` | 6749 sections 4.1.3 and 6, 8628 section 3.4 |
//! | `CreateTokenWithIAM` | `POST /token?aws_iam=t`, signed | 6749, 7523, 8693 |
//!
//! Flows are in `login`, cached tokens in `cache`, printing in `commands`.

mod answer;
mod client;
mod failure;
mod fault;
pub mod sigv4;
mod typed;

pub(crate) use answer::{Members, json};
pub use client::OidcClient;
pub(crate) use client::secrets;
pub use failure::Failure;
pub use fault::{Fault, FaultCode};
pub use sigv4::Signing;
pub use typed::{DeviceAuthorization, Grant, TokenResponse};
