//! The recorded runs that differ on purpose, with the aspects that differ and the reason.
//!
//! All other aspects of such a run must be equal, and each aspect named here must differ: an outdated exception is a
//! failure. The reasons are those of the section "Differences from the AWS CLI" of sso-oidc-reference(7).

use super::compare::Aspect::{self, Exit, Files, Requests, Stderr, Stdout};

/// The run's ID, the aspects that differ, and the reason.
pub(super) type Exception = (&'static str, &'static [Aspect], &'static str);

const CALLBACK: &str = "only a GET of the callback's path with the right host and state ends the wait for the browser";
const POLL: &str = "a poll is one attempt; transport failures are retried at the next poll, until the code expires";
const BEFORE: &str = "format, query, pager and CA bundle are checked before a request is sent";
const NOT_JSON: &str = "a successful response that is not JSON is an error, not silence";
const DAMAGED: &str = "a damaged cache file is treated as missing and replaced";
const LETTERS: &str = "a file for a list option must contain a JSON array; it is not split into characters";
const YAML: &str = "YAML 1.2 has no dates and no custom tags, so these are strings";
const ANCHORS: &str = "YAML output repeats a value that a query uses twice; it has no anchors";
const NAN: &str = "JSON has no NaN, so it is null";
const YAML_KEY: &str = "a YAML key that is not a string is reported as an unknown parameter";
const LOGIN_FIRST: &str = "if a login is needed, the exit code is 4 and the error shows the command to run";
const LEGACY: &str = "a token that can be refreshed is refreshed, including those of legacy profiles";
const REJECTED: &str = "a token that the access portal rejects is refreshed once";
const LOGOUT_GOES_ON: &str = "logout removes local files even if another step fails";
const WORDING: &str = "usage errors and help have their own wording; exit codes are the same";
const COMMANDS: &str = "errors about a missing configuration recommend commands of sso-oidc";
const VANITY: &str = "a start URL that cannot be resolved to AWS is used as configured, with a warning";
const VERSION: &str = "the version and the user agent are those of sso-oidc";

pub(super) const EXCEPTIONS: &[Exception] = &[
    ("args-query-bad-function", &[Requests], BEFORE),
    ("args-two-extra-words", &[Stderr], WORDING),
    ("args-unknown-two", &[Stderr], WORDING),
    ("args-version", &[Stdout], VERSION),
    ("args-version-with-command", &[Stdout], VERSION),
    ("badquery-arity-merge", &[Requests], BEFORE),
    ("badquery-expref", &[Requests, Stderr], BEFORE),
    ("badquery-no-args", &[Requests], BEFORE),
    ("badquery-slice-zero", &[Requests], BEFORE),
    ("badquery-too-many", &[Requests], BEFORE),
    ("badquery-type-sort", &[Stderr], "secrets are not repeated in error messages"),
    ("badquery-unknown-nested", &[Requests], BEFORE),
    ("badquery-unused-unknown", &[Requests], BEFORE),
    ("badquery-unused-unknown-2", &[Requests], BEFORE),
    ("cfg-empty-env-output", &[Requests], BEFORE),
    ("errbody-desc-multiline", &[Stderr], "text from the service cannot move the cursor or forge a line"),
    ("input-json-stdin", &[Requests, Exit, Stderr], "a document is read once, so standard input works"),
    ("input-yaml-number", &[Stderr], YAML),
    ("jmespath-literal-nan", &[Stdout], NAN),
    ("jmespath-to-number-nan", &[Stdout], NAN),
    ("list-file-plain", &[Requests, Stdout, Exit, Stderr], LETTERS),
    ("login-after-vanity-legacy-default", &[Stderr], COMMANDS),
    ("login-device-500-once", &[Requests], POLL),
    (
        "login-device-past-expires-in",
        &[Requests, Stdout, Exit, Files],
        "polling ends when the device code expires (RFC 8628)",
    ),
    ("login-device-reg-cached-broken", &[Requests, Exit, Stderr], DAMAGED),
    ("login-device-reg-cached-no-expiry", &[Requests, Exit, Stderr], DAMAGED),
    ("login-empty-region", &[Stderr], COMMANDS),
    ("login-endpoint-option-ignored", &[Requests, Exit, Stderr], "--endpoint-url also applies to login"),
    ("login-error-format-json-config", &[Stderr], COMMANDS),
    ("login-legacy-missing-both", &[Stderr], COMMANDS),
    ("login-legacy-missing-region", &[Stderr], COMMANDS),
    ("login-no-config", &[Stderr], COMMANDS),
    (
        "login-no-display-of-complete-url",
        &[Requests, Stderr],
        "verification_uri_complete is optional (RFC 8628 section 3.2)",
    ),
    ("login-poll-dropped", &[Requests, Exit, Stderr], POLL),
    ("login-poll-dropped-once", &[Requests], POLL),
    ("login-session-option-empty", &[Stderr], COMMANDS),
    ("logout-connect-fails", &[Exit, Stderr, Files], LOGOUT_GOES_ON),
    ("logout-endpoint-option", &[Requests, Exit, Stderr, Files], "--endpoint-url also applies to logout"),
    ("logout-list-file", &[Exit], LOGOUT_GOES_ON),
    ("logout-number-file", &[Exit], LOGOUT_GOES_ON),
    ("logout-profile", &[Requests, Files], "--profile and --sso-session select the session to sign out of"),
    ("mixed-json-bom", &[Requests, Exit, Stderr], "a byte order mark at the start of a file is ignored"),
    ("mixed-json-lone-surrogate", &[Requests, Stdout, Exit, Stderr], "text is Unicode; lone surrogates are rejected"),
    ("out-config-bad", &[Requests], BEFORE),
    ("out-env-bad", &[Requests], BEFORE),
    ("out-yaml-repeat", &[Stdout], ANCHORS),
    ("pkce-any-path", &[Requests, Stdout, Exit, Files], CALLBACK),
    ("pkce-bad-host-header", &[Requests, Stdout, Exit, Files], CALLBACK),
    ("pkce-error", &[Exit, Stderr], CALLBACK),
    ("pkce-error-and-code", &[Exit, Stderr], CALLBACK),
    ("pkce-semicolons", &[Requests, Stdout, Exit, Files], CALLBACK),
    ("pkce-wrong-state", &[Exit, Stderr], CALLBACK),
    ("query-same-twice-yaml", &[Stdout], ANCHORS),
    ("query-same-twice-yaml-stream", &[Stdout], ANCHORS),
    ("refresh-500-expired", &[Exit, Stderr], "errors of the service are reported, as for every other request"),
    ("refresh-broken-file", &[Exit, Stderr], LOGIN_FIRST),
    (
        "refresh-drops-refresh-token",
        &[Files],
        "a response without a refresh token keeps the old one (RFC 6749 section 6)",
    ),
    ("refresh-fails-expired", &[Exit, Stderr], LOGIN_FIRST),
    ("refresh-legacy-expired", &[Requests, Exit, Stderr], LEGACY),
    ("refresh-legacy-no-file", &[Exit, Stderr], LOGIN_FIRST),
    ("refresh-legacy-valid", &[Requests], LEGACY),
    ("refresh-no-access-token", &[Exit, Stderr], LOGIN_FIRST),
    ("refresh-no-connect", &[Stderr], "a token that is still valid is used if it cannot be refreshed"),
    ("refresh-no-file", &[Exit, Stderr], LOGIN_FIRST),
    ("refresh-no-refresh-token", &[Exit, Stderr], LOGIN_FIRST),
    ("refresh-registration-expired", &[Exit, Stderr], LOGIN_FIRST),
    ("refresh-role-401", &[Requests, Exit, Stderr], REJECTED),
    ("refresh-timestamp-epoch", &[Exit, Stderr], LOGIN_FIRST),
    ("refresh-timestamp-garbage", &[Exit, Stderr], LOGIN_FIRST),
    ("refresh-timestamp-no-zone", &[Requests, Exit, Stderr], "a timestamp without a time zone is in UTC"),
    (
        "refresh-url-mismatch",
        &[Requests, Stdout, Exit, Files],
        "a token for another start URL, region or set of scopes is not used",
    ),
    ("resp-204", &[Exit, Stderr], NOT_JSON),
    ("resp-empty-body", &[Exit, Stderr], NOT_JSON),
    ("resp-not-json", &[Exit, Stderr], NOT_JSON),
    ("skeleton-equals", &[Stdout, Exit, Stderr], "--generate-cli-skeleton=input also prints a skeleton"),
    ("tls-ca-bundle-missing", &[Requests], BEFORE),
    ("tty-json-pager-missing", &[Requests], BEFORE),
    ("vanity-200", &[Requests, Exit, Stderr], VANITY),
    ("vanity-404", &[Requests, Exit, Stderr], VANITY),
    (
        "vanity-legacy-default",
        &[Files],
        "a new region of the default profile is written into [default], because a [profile default] section would replace it",
    ),
    ("vanity-no-location", &[Requests, Exit, Stderr], VANITY),
    ("vanity-relative", &[Requests, Exit, Stderr], VANITY),
    ("vanity-to-http", &[Requests, Exit, Stderr], VANITY),
    ("vanity-two-redirects", &[Requests, Exit, Stderr], VANITY),
    ("vanity-unreachable", &[Requests, Exit, Stderr], VANITY),
    ("vanity-untrusted", &[Requests, Exit, Stderr], VANITY),
    ("wire-bom", &[Exit, Stderr], NOT_JSON),
    ("wire-error-204-length", &[Exit, Stderr], NOT_JSON),
    ("wire-length-too-short", &[Exit, Stderr], NOT_JSON),
    ("words-list-file-lines", &[Requests, Stdout, Exit, Stderr], LETTERS),
    ("words-list-then-global", &[Requests, Stdout, Exit, Stderr], "a list option ends at the next option"),
    ("words-two-ops", &[Stderr], "secrets are not repeated in error messages"),
    ("world-bom", &[Requests, Exit, Stderr], "a config file that begins with a byte order mark is read"),
    ("world-output-config-upper", &[Requests], BEFORE),
    ("world-output-env-empty-config", &[Requests], BEFORE),
    ("yaml-binary", &[Requests, Exit, Stderr], YAML),
    ("yaml-bool-key", &[Exit], YAML_KEY),
    ("yaml-date", &[Requests, Exit, Stderr], YAML),
    ("yaml-datetime", &[Requests, Exit, Stderr], YAML),
    ("yaml-number-key", &[Exit], YAML_KEY),
    ("yaml-unknown-tag", &[Requests, Exit, Stderr], YAML),
];
