//! Text from the network and from files reaches a terminal without control, bidi or invisible characters.
//!
//! Every command that prints such text runs on a pseudo-terminal, with one hostile text in every place that others
//! control. On a pipe the same data is unchanged.

use serde_json::{Value, json};

use crate::support::scripted_flow::reply;
use crate::support::scripted_server::{ScriptedServer, Step};
use crate::support::{TestEnv, UserAgent};

/// Text with everything that must not reach a terminal: both kinds of escapes, bells, bidirectional and invisible characters.
const HOSTILE: &str =
    "e\u{1b}[95mv\u{7}i\u{202e}l\u{2066}\u{200b}\u{200f}\u{feff}\u{9b}2J\u{ad}\u{e0041}\u{fe0f}\u{61c}\u{8}z";

/// The same where escapes and bells cannot be: in a header.
const IN_HEADER: &str = "ev\u{202e}l\u{2066}\u{200b}\u{feff}\u{ad}\u{e0041}z";

/// The parts that must not reach the terminal; they do not occur in the program's own output.
const FORBIDDEN: [&str; 14] = [
    "\u{1b}[95m",
    "\u{7}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{200f}",
    "\u{feff}",
    "\u{9b}",
    "\u{ad}",
    "\u{e0041}",
    "\u{fe0f}",
    "\u{61c}",
    "\u{8}",
    "\u{1b}]",
];

#[track_caller]
fn assert_clean(words: &[&str], screen: &str) {
    let dirty = dirt(words, screen);
    assert!(dirty.is_none(), "{}", dirty.unwrap_or_default());
}

/// The hostile characters that reached the terminal, if any.
fn dirt(words: &[&str], screen: &str) -> Option<String> {
    let found: Vec<_> = FORBIDDEN.iter().filter(|forbidden| screen.contains(**forbidden)).collect();
    (!found.is_empty()).then(|| format!("{words:?} let {found:?} through:\n{screen:?}"))
}

/// A session, a profile, a start URL and a region of hostile names; tokens to match.
fn fixture(url: &str) -> TestEnv {
    let mut env = TestEnv::new();
    env.config(&format!(
        "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n\
         [profile {HOSTILE}]\nsso_session = {HOSTILE}\nsso_account_id = {HOSTILE}\nsso_role_name = {HOSTILE}\nregion = {HOSTILE}\n\
         [sso-session {HOSTILE}]\nsso_start_url = https://d-1.awsapps.com/{HOSTILE}\nsso_region = us-east-1\nsso_registration_scopes = {HOSTILE}\n\
         [sso-session region]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = {HOSTILE}\n\
         [sso-session flow]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = us-east-1\nsso_login_flow = {HOSTILE}\n\
         [sso-session corp]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = us-east-1\n",
    ));
    let token = |start_url: &str, region: &str, ends: &str| {
        json!({
            "startUrl": start_url, "region": region, "accessToken": "token", "expiresAt": ends,
            "clientId": "c", "clientSecret": "s", "registrationExpiresAt": "2100-01-01T00:00:00Z", "refreshToken": "r",
        })
    };
    env.write_token(
        HOSTILE,
        &token(&format!("https://d-1.awsapps.com/{HOSTILE}"), "us-east-1", "2001-01-01T00:00:00Z"),
    );
    env.write_token("corp", &token("https://d-1.awsapps.com/start", "us-east-1", "2100-01-01T00:00:00Z"));
    env.write_token("misfit", &token(HOSTILE, HOSTILE, "2100-01-01T00:00:00Z"));
    env.set("AWS_ENDPOINT_URL_SSO_OIDC", url)
        .set("AWS_ENDPOINT_URL_SSO", url)
        .set("AWS_MAX_ATTEMPTS", "1")
        .set("AWS_REGION", "us-east-1");
    env.set("AWS_PAGER", "").set("SSO_OIDC_INTERACTIVE", "always").set("COLUMNS", "100");
    env
}

/// A service that returns hostile text in every member.
fn refusal(status: u16) -> Step {
    let body = json!({
        "error": HOSTILE, "error_description": {HOSTILE: [HOSTILE], "x": HOSTILE}, "reason": HOSTILE, "message": HOSTILE,
    });
    let code = format!("x-amzn-ErrorType: {}", if status == 400 { "InvalidRequestException" } else { IN_HEADER });
    reply(
        status,
        &["Content-Type: application/json", &code, &format!("x-amzn-RequestId: {IN_HEADER}")],
        &body.to_string(),
    )
}

fn nonsense() -> Step {
    reply(200, &[&format!("Content-Type: text/{IN_HEADER}"), &format!("x-amzn-RequestId: {IN_HEADER}")], HOSTILE)
}

fn redirect() -> Step {
    reply(302, &[&format!("Location: https://{IN_HEADER}/")], HOSTILE)
}

#[test]
fn cached_values_are_sanitized() {
    let mut dirty = Vec::new();
    for words in [
        &["status"][..],
        &["status", "--output", "json"],
        &["status", "--output", "text"],
        &["status", "--output", "yaml"],
        &["status", "--output", "table"],
        &["status", "--query", "sessions[].{a: startUrl}", "--output", "table"],
        &["status", "--sso-session", HOSTILE],
        &["status", "--sso-session", "nobody"],
        &["status", "--profile", HOSTILE],
        &["token", "--sso-session", "corp"],
        &["token", "--sso-session", "corp", "--header"],
        &["token", "--sso-session", "corp", "--output", "json"],
        &["token", "--sso-session", "misfit"],
        &["token", "--profile", HOSTILE],
        &["token", "--sso-session", HOSTILE, "--debug"],
        &["token", "--sso-session", "region"],
        &["login", "--sso-session", "region"],
        &["login", "--sso-session", "flow"],
        &["login", "--sso-session", HOSTILE, "--interactive", "never"],
        &["login", "--sso-session", HOSTILE, "--interactive", "never", "--output", "json"],
        &["login", "--all", "--interactive", "never"],
        &["login", "--profile", HOSTILE, "--interactive", "never"],
        &["export-credentials", "--profile", HOSTILE],
        &["export-credentials", "--profile", "dev", "--account-id", HOSTILE, "--role-name", HOSTILE],
        &["export-credentials", "--profile", HOSTILE, "--debug"],
        &["logout", "--sso-session", HOSTILE],
        &["logout"],
        &["logout", "--output", "json"],
        &["register-client", "--client-name", "n", "--client-type", "public", "--profile", HOSTILE],
        &["register-client", "--client-name", "n", "--client-type", "public", "--profile", "nobody"],
        &["register-client", "--client-name", "n", "--client-type", "public", "--endpoint-url", HOSTILE],
        &["create-token", "--cli-input-json", "file://~/hostile"],
        &["create-token", HOSTILE],
        &[HOSTILE],
    ] {
        let server = ScriptedServer::plain(vec![refusal(400), refusal(403), refusal(500)]);
        let env = fixture(&server.url());
        env.write("hostile", json!({HOSTILE: HOSTILE, "clientId": [HOSTILE]}).to_string());
        let (_, screen, _) = env.on_terminal(words).finish();
        assert!(!screen.trim().is_empty(), "{words:?} says nothing");
        dirty.extend(dirt(words, &screen));
    }
    assert!(dirty.is_empty(), "{}", dirty.join("\n"));
}

#[test]
fn damaged_config_files_are_sanitized() {
    let mut dirty = Vec::new();
    let damaged = [
        format!("{HOSTILE}\n"),
        format!("[{HOSTILE}\nx = y\n"),
        format!("[sso-session a]\nsso_start_url = {HOSTILE}\nsso_region = us-east-1\n"),
        format!("[sso-session a]\nsso_start_url = https://{HOSTILE}/start\nsso_region = us-east-1\n"),
        format!(
            "[sso-session a]\nsso_start_url = https://h.example/{HOSTILE}\nsso_region = us-east-1\nsso_redirect_port = {HOSTILE}\n"
        ),
        format!("[default]\nsso_session = {HOSTILE}\noutput = {HOSTILE}\nregion = {HOSTILE}\ncli_pager = {HOSTILE}\n"),
        format!("[default]\ncredential_process = {HOSTILE}\nmax_attempts = {HOSTILE}\nendpoint_url = {HOSTILE}\n"),
        format!("[default]\nregion = us-east-1\ncredential_process = /bin/sh -c \"printf '{HOSTILE}' >&2; exit 1\"\n"),
        format!("[default]\nrole_arn = {HOSTILE}\nsource_profile = {HOSTILE}\nca_bundle = {HOSTILE}\n"),
    ];
    for text in damaged {
        for words in [
            &["status"][..],
            &["login", "--sso-session", "a"],
            &["login"],
            &["logout"],
            &["token"],
            &["export-credentials"],
            &["create-token-with-iam", "--client-id", "c", "--grant-type", "g"],
        ] {
            let mut env = TestEnv::new();
            env.config(&text);
            env.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
                .set("AWS_MAX_ATTEMPTS", "1")
                .set("SSO_OIDC_INTERACTIVE", "never");
            let (_, screen, _) = env.on_terminal(words).finish();
            dirty.extend(dirt(words, &screen));
        }
    }
    assert!(dirty.is_empty(), "{}", dirty.join("\n"));
}

#[test]
fn service_messages_are_sanitized() {
    let mut dirty = Vec::new();
    let answers: [fn() -> Step; 5] = [|| refusal(400), || refusal(403), || refusal(503), nonsense, redirect];
    for words in [
        &["create-token", "--client-id", "c", "--client-secret", "s", "--grant-type", "g"][..],
        &["create-token", "--client-id", "c", "--client-secret", "s", "--grant-type", "g", "--debug"],
        &["register-client", "--client-name", "n", "--client-type", "public", "--cli-error-format", "json"],
        &["register-client", "--client-name", "n", "--client-type", "public", "--cli-error-format", "yaml"],
        &["register-client", "--client-name", "n", "--client-type", "public", "--cli-error-format", "text"],
        &["register-client", "--client-name", "n", "--client-type", "public", "--cli-error-format", "table"],
        &["login", "--sso-session", "corp", "--force", "--flow", "device-code", "--debug"],
        &["login", "--sso-session", "corp", "--force", "--flow", "device-code", "--output", "json"],
        &["login", "--sso-session", "corp", "--new-session", "--flow", "device-code"],
        &["token", "--sso-session", HOSTILE],
        &["token", "--sso-session", HOSTILE, "--debug"],
        &["export-credentials", "--profile", "dev", "--debug"],
        &["status", "--check", "--sso-session", "corp"],
        &["logout", "--debug"],
    ] {
        for answer in answers {
            let server = ScriptedServer::plain(vec![answer(), answer(), answer()]);
            let env = fixture(&server.url());
            // A token without hostile text, because it must be sent.
            let mut token = env.token("corp");
            token["accessToken"] = json!("token");
            env.write_token("corp", &token);
            let (_, screen, _) = env.on_terminal(words).finish();
            assert!(server.connections() > 0, "{words:?} sends no request: {screen}");
            dirty.extend(dirt(words, &screen));
        }
    }
    assert!(dirty.is_empty(), "{}", dirty.join("\n"));
}

#[test]
fn verification_urls_and_codes_are_sanitized() {
    let good = |body: &Value| reply(200, &["Content-Type: application/json"], &body.to_string());
    let registration =
        json!({"clientId": "printable", "clientSecret": "s", "clientSecretExpiresAt": 4_000_000_000_u64});
    let pending = || reply(400, &["x-amzn-ErrorType: AuthorizationPendingException"], "{}");
    for more in [&[][..], &["--output", "json"], &["--no-browser", "--debug"]] {
        let device = json!({
            "deviceCode": "d", "userCode": HOSTILE, "verificationUri": format!("https://h.example/{HOSTILE}"),
            "verificationUriComplete": format!("https://h.example/?{HOSTILE}"), "expiresIn": 1, "interval": 1,
        });
        let server = ScriptedServer::plain(vec![good(&registration), good(&device), pending(), pending(), pending()]);
        let mut env = fixture(&server.url());
        env.set("BROWSER", "/bin/true");
        let words = [&["login", "--sso-session", "corp", "--force", "--flow", "device-code"], more].concat();
        let (code, screen, _) = env.on_terminal(&words).finish();
        assert!(code == 255 && screen.contains("vil"), "{screen}");
        assert_clean(&words, &screen);
    }
    // Data: sanitized on a terminal, unchanged on a pipe.
    let registration = json!({"clientId": HOSTILE, "clientSecret": "s", "clientSecretExpiresAt": 4_000_000_000_u64});
    for format in ["json", "text", "yaml", "table"] {
        let words = ["register-client", "--client-name", "n", "--client-type", "public", "--output", format];
        let server = ScriptedServer::plain(vec![good(&registration), good(&registration)]);
        let env = fixture(&server.url());
        let (code, screen, _) = env.on_terminal(&words).finish();
        assert!(code == 0 && screen.contains("vil"), "{screen}");
        assert_clean(&words, &screen);
        let run = env.run(words).ok();
        assert!(run.stdout.contains('\u{202e}') || format == "yaml", "{format}: {:?}", run.stdout);
    }
    // Names created by a query are data, too.
    let words = [
        "register-client",
        "--client-name",
        "n",
        "--client-type",
        "public",
        "--query",
        &format!("{{\"{IN_HEADER}\": clientId}}"),
    ];
    let server = ScriptedServer::plain(vec![good(&registration)]);
    let (code, screen, _) = fixture(&server.url()).on_terminal(&words).finish();
    assert!(code == 0 && screen.contains("evlz"), "{screen}");
    assert_clean(&words, &screen);
}

#[test]
fn callback_parameters_are_sanitized() {
    let registration = json!({"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": 4_000_000_000_u64});
    for with_state in [true, false] {
        let server = ScriptedServer::plain(vec![reply(200, &[], &registration.to_string())]);
        let env = fixture(&server.url());
        let words = [
            "login",
            "--sso-session",
            "corp",
            "--force",
            "--flow",
            "authorization-code",
            "--no-browser",
            "--timeout",
            "2s",
        ];
        let mut terminal = env.on_terminal(&words);
        let url = url::Url::parse(&terminal.word("/authorize?")).unwrap();
        let of = |name: &str| url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
        let mut redirect = url::Url::parse(&of("redirect_uri")).unwrap();
        redirect
            .query_pairs_mut()
            .append_pair("error", HOSTILE)
            .append_pair("error_description", &format!("{HOSTILE}<b>"));
        if with_state {
            redirect.query_pairs_mut().append_pair("state", &of("state"));
        }
        let page = UserAgent::new().open(redirect.as_str()).unwrap();
        assert!(!page.body.contains("<b>"), "{}", page.body);
        assert_clean(&words, &page.body);
        let (code, screen, _) = terminal.finish();
        // An error without the login's state may come from any page, so its text is not shown at all.
        assert!(code == 255 && screen.contains("vil") == with_state, "{screen}");
        assert_clean(&words, &screen);
    }
}
