//! The code of an MFA device, asked of the person at the terminal, without echo.
//!
//! The wait is on a thread of its own, so that Ctrl-C ends it like any other; the terminal is put right whichever way it
//! ends. Without a terminal there is nobody to ask. Imports `context` and `secret`.

use super::CredentialsError;
use crate::context::Context;
use crate::secret::Secret;

/// The code for a device.
pub(super) async fn code(context: &Context, serial: &str) -> Result<Secret, CredentialsError> {
    let failed = |why: String| CredentialsError::Mfa(format!("Cannot ask for the MFA code of {serial}: {why}"));
    let shown: String = serial.chars().filter(|c| !c.is_control()).collect();
    let terminal = (context.hidden_input)(&format!("Enter MFA code for {shown}: "))
        .map_err(|error| failed(format!("there is no terminal ({error})")))?;
    let line = terminal.line();
    let line = tokio::task::spawn_blocking(line).await.map_err(|error| failed(error.to_string()))?;
    line.map(Secret::new).map_err(|error| failed(error.to_string()))
}
