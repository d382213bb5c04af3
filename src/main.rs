//! The program: builds the real world and calls one function.

use std::process::ExitCode;

fn main() -> ExitCode {
    sso_oidc::run(std::env::args_os(), &sso_oidc::Context::real()).into()
}
