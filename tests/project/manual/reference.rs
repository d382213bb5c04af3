//! The text of `sso-oidc-reference(7)`: the token cache, CI, troubleshooting, and differences from the AWS CLI.
//!
//! A paragraph has one or more lines, a list item begins with `* `, an example is indented by two spaces.

/// Heading and text of each section.
pub(crate) const SECTIONS: [(&str, &str); 9] = [
    ("SIGNING IN", SIGNING_IN),
    ("TOKEN CACHE", TOKEN_CACHE),
    ("OUTPUT", OUTPUT),
    ("CONTINUOUS INTEGRATION", CONTINUOUS_INTEGRATION),
    ("CONTAINERS", CONTAINERS),
    ("WINDOWS", WINDOWS),
    ("THE NAME AWS", THE_NAME_AWS),
    ("TROUBLESHOOTING", TROUBLESHOOTING),
    ("DIFFERENCES FROM THE AWS CLI", DIFFERENCES),
];

const SIGNING_IN: &str = "\
`sso-oidc login` uses the first of these that works:

* The cached token is valid for more than 15 minutes. The access portal is asked whether it still accepts the token; \
without a response within 3 s the token counts as accepted.

* The token can be refreshed: one request, no browser.

* The user signs in with the browser: with the authorization code flow and PKCE for an sso-session, or with the device \
code flow for a legacy profile or if the browser cannot reach this machine (SSH, containers, Codespaces, CloudShell, no \
display). `login` prints the reason.

To use the authorization code flow over SSH, set --redirect-port or `sso_redirect_port` and run the printed `ssh -L` \
command on the local machine. Alternatively, paste the URL that the browser was redirected to into the terminal.

Other commands never open a browser. They refresh a token with less than 15 minutes left; of concurrent processes one \
sends the request and the others use its result. `export-credentials` also refreshes a token that the access portal \
rejects.

A refresh token may work only once. It is therefore sent only if the new token can be stored; on a read-only or full file \
system the old token is used while it is valid, and then the command fails. A signal during a refresh ends the program when \
the response is stored, after 3 s, or at the second signal. If the user signs in or out meanwhile, the response is discarded.";

const TOKEN_CACHE: &str = "\
Tokens and client registrations are files in `~/.aws/sso/cache`, with botocore's names and format. sso-oidc shares \
them with AWS CLI v2, boto3 and the SDKs. Unknown members are kept.

* SHA-1 of the session's name, .json: the token of an sso-session, with the refresh token and the client's secret

* SHA-1 of the start URL, .json: the token of a legacy profile

* SHA-1 of the client's description, .json: a client registration, valid for about 90 days

* .lock and .login.lock: locks, without secrets

Files have mode 0600, directories 0700. Files are replaced atomically. A failed refresh changes no file, and a damaged \
file is treated as missing.";

const OUTPUT: &str = "\
--output is json, text, table, yaml, yaml-stream or off, and --query is a JMESPath expression; both print the same bytes \
as the AWS CLI. On a terminal the output of an operation goes through the pager, and `login`, `logout` and `status` print text for people: \
colors, links, a spinner, and `login` without the AWS CLI's text. Under the name `aws`, and in a pipe, the text is the AWS \
CLI's.";

const CONTINUOUS_INTEGRATION: &str = "\
If `CI` is true, a `login` that needs a browser exits with code 4.

A GitHub Actions job has its own identity and needs no stored secret: it assumes a role, then exchanges its own token \
for an Identity Center token.

WORKFLOW";

/// A GitHub Actions job that exchanges its identity for a token.
pub(crate) const WORKFLOW: &str = include_str!("workflow.yml");

const CONTAINERS: &str = "\
A container has no browser, so `login` uses the device code flow. A token that is stored in a mounted `~/.aws` also works \
outside the container:

  podman run --rm -it --userns keep-id -v ~/.aws:/home/.aws sso-oidc \\
      login --sso-session my-company

The static program of a release needs no libc, certificates, users, devices or shell. It uses the name servers in \
/etc/resolv.conf, and `HOME` must be set. If you link it with glibc instead of musl, it also needs /dev/urandom.";

const WINDOWS: &str = "\
The home directory is `USERPROFILE`. In `AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE` and file:// values, `%NAME%` is \
replaced by the variable NAME. `export-credentials` finds commands with the extensions in `PATHEXT` and returns exit codes \
above 255.

A file that another program has open, such as a virus scanner, cannot be replaced: sso-oidc tries again for 10 seconds. The \
lock file config.lock stays beside the config file.";

const THE_NAME_AWS: &str = "\
Under the name `aws`, or through the function that `sso-oidc shim` prints, the commands behave as in the AWS CLI: --output \
json has no effect on `login`, --profile does not narrow `logout`, the only sso-session is not used unless it is selected, \
and errors begin with aws:. Other commands are usage \
errors (exit code 252). Set `SSO_OIDC_EVENTS` to json for events.";

/// Messages in backticks, each with its cause and remedy.
pub(crate) const TROUBLESHOOTING: &str = "\
* `Missing the following required SSO configuration values`: the profile or session lacks a key. Add it, or pass --start-url \
and --sso-region.

* `cannot be refreshed`: a legacy profile, or a session without `sso_registration_scopes`. Use an sso-session, then run \
sso-oidc login.

* `check the region and the network`: the host of `sso_region` does not resolve.

* `a proxy or captive portal answered instead of AWS`: a captive portal. Open any page in a browser first.

* `HOME is not set; set it to an absolute path`: a container or service without `HOME`.";

/// Each reason of `tests/parity/exceptions.rs` is an item here.
pub(crate) const DIFFERENCES: &str = "\
The tests replay 1,494 recorded runs of AWS CLI 2.36.7. Intended differences have one of these reasons.

In every command:

* the version and the user agent are those of sso-oidc

* a successful response that is not JSON is an error, not silence

* format, query, pager and CA bundle are checked before a request is sent, so that an invalid setting does not use up a single-use token

* certificate authorities that the operating system trusts are trusted as well

* text from the service cannot move the cursor or forge a line

* secrets are not repeated in error messages, including those of the service, and --debug shows none

* usage errors and help have their own wording; exit codes are the same

* errors about a missing configuration recommend commands of sso-oidc

* a config file that begins with a byte order mark is read

* on Windows and macOS only variables name a proxy; the settings of the system are not used

* on Windows there is no QR code, a redirect URL cannot be pasted, and an MFA code is visible while it is typed

In the input of operations:

* a document is read once, so standard input works; - as the value of a document or a secret option means standard input

* a byte order mark at the start of a file is ignored

* a file for a list option must contain a JSON array; it is not split into characters

* a list option ends at the next option

* --generate-cli-skeleton=input also prints a skeleton

* text is Unicode; lone surrogates are rejected

* YAML 1.2 has no dates and no custom tags, so these are strings

* a YAML key that is not a string is reported as an unknown parameter

In the output of operations:

* YAML output repeats a value that a query uses twice; it has no anchors

* query arithmetic on integers is exact up to 128 bits

* JSON has no NaN, so it is null

In `login`:

* a valid token is reused and one that can be refreshed is refreshed; --force opens the browser

* a damaged cache file is treated as missing and replaced

* the callback listens on 127.0.0.1 only

* only a GET of the callback's path with the right host and state ends the wait for the browser

* a poll is one attempt; transport failures are retried at the next poll, until the code expires

* polling ends when the device code expires (RFC 8628)

* verification_uri_complete is optional (RFC 8628 section 3.2)

* the device code flow is used if the browser cannot reach this machine

* --endpoint-url also applies to login

* a start URL that cannot be resolved to AWS is used as configured, with a warning

* plain http to another machine is refused if only a config file sets it

* timeouts are 10 s for a connection and 30 s for a request, unless an option sets others; 10 minutes for an operation

* a new region of the default profile is written into [default], because a [profile default] section would replace it

In commands that use a token:

* if a login is needed, the exit code is 4 and the error shows the command to run

* a token that can be refreshed is refreshed, including those of legacy profiles

* a token that the access portal rejects is refreshed once, and a login does not use it again

* role credentials are used only while the token of their session is in the cache

* a token that is still valid is used if it cannot be refreshed

* a response without a refresh token keeps the old one (RFC 6749 section 6)

* errors of the service are reported, as for every other request

* a timestamp without a time zone is in UTC

* the shell formats refuse a value that contains a character that is special in a shell

* a token for another start URL, region or set of scopes is not used

* if nothing selects a session or a profile, the only session is used, and in `export-credentials` the only profile with an account and a role

* the session of a `source_profile` is used if the profile has a `role_arn` and no session of its own

* a profile whose `sso_session` is missing or incomplete is an error; the credentials of the machine are not used instead

* in export-credentials a profile that `AWS_PROFILE` names takes precedence over credentials in the environment, which may \
come from an earlier run

* a session of `aws login` is used while its credentials last; only the AWS CLI renews it

* an invalid endpoint for instance metadata is an error

* logout removes local files even if another step fails

* --endpoint-url also applies to logout

* --profile and --sso-session select the session to sign out of

Not supported: aliases, history, plugins, credentials of boto2 and the EC2 tools (`BOTO_CONFIG`, `~/.boto`, `AWS_CREDENTIAL_FILE`), `AWS_DATA_PATH`, `AWS_CLI_OUTPUT_ENCODING` (text is UTF-8), `parameter_validation` \
(always on). Settings of other services are ignored.";
