//! Everything a call of the service can end with: a fault it answered, a transport failure, an answer that makes no sense.
//!
//! The words of a fault are in `fault`, those of a transport failure in `http`. Texts name the operation and the member,
//! never a value. Imports `http`.

use std::error::Error;
use std::fmt;

use super::Fault;
use crate::http::HttpError;

/// Why a call gave no result.
#[derive(Debug)]
pub enum OidcError {
    /// The service answered with an error.
    Fault(Box<Fault>),
    /// No usable answer came.
    Http(HttpError),
    /// The answer is none that the operation can have.
    Decode(Decode),
}

/// An answer that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decode {
    /// The operation, by the model's name.
    pub operation: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not JSON, or not UTF-8: size in bytes and content type.
    NotJson(usize, Option<String>),
    /// A web page, as a captive portal or a proxy sends it.
    WebPage(usize),
    /// JSON, but not an object.
    NotAnObject,
    /// A member that must be there is missing, null or empty.
    Missing(&'static str),
    /// A member has a type it cannot have.
    IllTyped(&'static str),
    /// A token of another type than Bearer (RFC 6749 section 7.1).
    NotBearer,
    /// A lifetime outside 1 second to 90 days.
    Lifetime(&'static str),
    /// A redirect, which is not followed, and its host where it can be read.
    Redirect(Option<String>),
}

impl Decode {
    /// What a person can do about it.
    pub fn hint(&self) -> &'static str {
        match self.problem {
            Problem::WebPage(_) | Problem::Redirect(_) => {
                "something between here and AWS answered instead: does this network want a sign-in first?"
            }
            _ => "check the endpoint URL, and the proxy in between",
        }
    }
}

impl fmt::Display for Decode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The answer to the {} operation ", self.operation)?;
        match &self.problem {
            Problem::NotJson(bytes, content_type) => {
                let content_type = content_type.as_deref().unwrap_or("not given");
                write!(f, "is not JSON ({bytes} bytes, content type {content_type})")
            }
            Problem::WebPage(bytes) => write!(f, "is a web page ({bytes} bytes), not JSON"),
            Problem::NotAnObject => write!(f, "is JSON, but not an object"),
            Problem::Missing(member) => write!(f, "lacks {member}"),
            Problem::IllTyped(member) => write!(f, "has a {member} of the wrong type"),
            Problem::NotBearer => write!(f, "has a tokenType that is not Bearer"),
            Problem::Lifetime(member) => write!(f, "has an unusable {member}"),
            Problem::Redirect(Some(host)) => write!(f, "is a redirect to {host}"),
            Problem::Redirect(None) => write!(f, "is a redirect"),
        }
    }
}

impl Error for Decode {}

impl fmt::Display for OidcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Http(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
        }
    }
}

impl Error for OidcError {}

impl From<Fault> for OidcError {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<HttpError> for OidcError {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

impl From<Decode> for OidcError {
    fn from(error: Decode) -> Self {
        Self::Decode(error)
    }
}
