//! `CredentialsError`: why there is nothing to sign with, in AWS's words, with a hint of ours beside them.
//!
//! Exit codes are given in `error`. No text names a key, token or secret; what a credential process or a metadata service
//! wrote is repeated, as the AWS CLI does. Imports the error types of `http`, `oidc`, `session`.

use std::error::Error;
use std::fmt;

use crate::http::HttpError;
use crate::oidc::Fault;
use crate::session::{RoleError, SessionError};

/// Why there are no credentials.
#[derive(Debug)]
pub enum CredentialsError {
    /// Nowhere in the chain.
    NotFound,
    /// A place has only a part.
    Partial {
        /// botocore's name of the place.
        provider: &'static str,
        /// What is missing.
        missing: &'static str,
    },
    /// The configuration of a role or of Identity Center contradicts itself or lacks something.
    Config(String),
    /// A place was asked and did not give credentials.
    Retrieval {
        /// botocore's name of the place.
        provider: String,
        /// Its words.
        why: String,
    },
    /// A place gave credentials that have ended.
    Expired,
    /// A parameter of an STS call is too short or too small.
    Invalid(String),
    /// The profile signs in with `aws login`, which only the AWS CLI can do.
    LoginSession {
        /// The profile.
        profile: String,
        /// The value of `login_session`.
        session: String,
    },
    /// STS answered with an error.
    Fault(Box<Fault>),
    /// A service could not be reached.
    Http(HttpError),
    /// No credentials from Identity Center.
    Sso {
        /// botocore's words.
        text: String,
        /// What happened.
        error: Box<RoleError>,
    },
    /// The code of an MFA device could not be asked for.
    Mfa(String),
}

impl CredentialsError {
    pub(super) fn partial(provider: &'static str, missing: &'static str) -> Self {
        Self::Partial { provider, missing }
    }

    pub(super) fn retrieval(provider: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Retrieval { provider: provider.into(), why: why.into() }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotFound => "looked at the environment, the profile in both files, the container endpoint and EC2 \
                instance metadata; set AWS_PROFILE or --profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                .to_owned(),
            Self::Partial { missing, .. } => format!("set {missing} as well, or remove its other half"),
            Self::LoginSession { profile, .. } => format!(
                "run: eval \"$(aws configure export-credentials --profile {profile} --format env)\", then sign in here \
                 without --profile"
            ),
            Self::Sso { error, .. } => match &**error {
                RoleError::Session(SessionError::LoginNeeded { why, remedy, .. }) => format!("{why}; run: {remedy}"),
                error => return error.hint(),
            },
            Self::Http(error) => return error.hint(),
            Self::Mfa(_) => "run it on a terminal, or put temporary credentials into the environment".to_owned(),
            _ => return None,
        })
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => {
                f.write_str("Unable to locate credentials. You can configure credentials by running \"aws login\".")
            }
            Self::Partial { provider, missing } => {
                write!(f, "Partial credentials found in {provider}, missing: {missing}")
            }
            Self::Config(text) | Self::Sso { text, .. } | Self::Mfa(text) => f.write_str(text),
            Self::Retrieval { provider, why } => write!(f, "Error when retrieving credentials from {provider}: {why}"),
            Self::Expired => {
                f.write_str("Credentials were refreshed, but the refreshed credentials are still expired.")
            }
            Self::Invalid(lines) => write!(f, "Parameter validation failed:\n{lines}"),
            Self::LoginSession { profile, session } => write!(
                f,
                "The profile \"{profile}\" has login_session = {session}: sessions of aws login cannot be used here"
            ),
            Self::Fault(fault) => fault.fmt(f),
            Self::Http(error) => error.fmt(f),
        }
    }
}

impl Error for CredentialsError {}

impl From<HttpError> for CredentialsError {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}
