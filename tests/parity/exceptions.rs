//! The runs in which we differ on purpose, with the aspects that differ and why.
//!
//! All other aspects of such a run must be equal, and each aspect named here must really differ: an exception that has
//! become untrue is a failure. The reasons are those of the README section "Differences from the AWS CLI".

use super::compare::Aspect::{self, Exit, Files, Requests, Stderr, Stdout};

/// The run's id, what differs, why.
pub(super) type Exception = (&'static str, &'static [Aspect], &'static str);

const CALLBACK: &str = "only a GET of the callback's path with our host and state ends the wait for the browser";
const POLL: &str = "a poll is one attempt; what fails in transport is asked again at the next one, until the code ends";
const DAMAGED: &str = "a damaged cache file is a miss, and replaced";
const VERSION: &str = "it is another program, of another version";

pub(super) const EXCEPTIONS: &[Exception] = &[
    ("args-version", &[Stdout], VERSION),
    ("args-version-with-command", &[Stdout], VERSION),
    ("login-device-500-once", &[Requests], POLL),
    ("login-device-past-expires-in", &[Requests, Stdout, Exit, Files], "polling ends with the device code (RFC 8628)"),
    ("login-device-reg-cached-broken", &[Requests, Exit, Stderr], DAMAGED),
    ("login-device-reg-cached-no-expiry", &[Requests, Exit, Stderr], DAMAGED),
    ("login-endpoint-option-ignored", &[Requests, Exit, Stderr], "--endpoint-url works for login too"),
    ("login-no-display-of-complete-url", &[Requests, Stderr], "verification_uri_complete is optional (RFC 8628 3.2)"),
    ("login-poll-dropped", &[Requests, Exit, Stderr], POLL),
    ("login-poll-dropped-once", &[Requests], POLL),
    ("pkce-any-path", &[Requests, Stdout, Exit, Files], CALLBACK),
    ("pkce-bad-host-header", &[Requests, Stdout, Exit, Files], CALLBACK),
    ("pkce-error", &[Exit, Stderr], CALLBACK),
    ("pkce-error-and-code", &[Exit, Stderr], CALLBACK),
    ("pkce-semicolons", &[Requests, Stdout, Exit, Files], CALLBACK),
    ("pkce-wrong-state", &[Exit, Stderr], CALLBACK),
    (
        "vanity-legacy-default",
        &[Files],
        "a section [profile default] after [default] would replace it and break the profile",
    ),
];
