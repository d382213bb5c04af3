//! `status`: its JSON document, its table and details on a terminal, and its exit code.

use console::{measure_text_width, strip_ansi_codes};
use serde_json::{Value, json};
use sso_oidc::internal::RegistrationKey;

use crate::support::environment::{SESSION, token_document};
use crate::support::{Endpoint, IdentityCenter, Reply, TestEnv, assert_text_snapshot, normalize};

/// An environment with sessions in every state: `corp` is valid; `old`, `spent`, `torn`, `moved` and `new` are not.
fn all_states() -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let url = center.start_url();
    let more = ["old", "spent", "torn", "moved", "new"]
        .map(|name| format!("\n[sso-session {name}]\nsso_start_url = {url}\nsso_region = us-east-1\n"));
    env.config(&(env.read(".aws/config") + &more.concat()));
    for name in [SESSION, "old", "spent", "moved"] {
        env.sign_in(&center, name);
    }
    env.let_expire_in("old", -3600);
    let mut spent = env.let_expire_in("spent", -2 * 86_400 - 7_200);
    spent.as_object_mut().unwrap().remove("refreshToken");
    env.write_token("spent", &spent);
    let mut moved = env.token("moved");
    moved["startUrl"] = json!("https://other.awsapps.com/start");
    env.write_token("moved", &moved);
    env.write(&TestEnv::token_path("torn"), "{\"accessToken\": \"canary");
    (center, env)
}

fn sessions(run: &crate::support::Run) -> Vec<Value> {
    run.json()["sessions"].as_array().expect("there is a list of sessions").clone()
}

fn states(sessions: &[Value]) -> Vec<(String, String)> {
    let text = |session: &Value, name: &str| session[name].as_str().unwrap_or("-").to_owned();
    sessions.iter().map(|session| (text(session, "session"), text(session, "state"))).collect()
}

#[test]
fn every_state_is_reported_without_secrets() {
    let (center, env) = all_states();
    let run = env.run(["status"]).ok();
    let seen = sessions(&run);
    let expected = [
        (SESSION, "valid"),
        ("old", "refreshable"),
        ("spent", "login needed"),
        ("torn", "damaged"),
        ("moved", "login needed"),
        ("new", "login needed"),
        ("-", "login needed"),
    ];
    assert_eq!(states(&seen), expected.map(|(name, state)| (name.to_owned(), state.to_owned())));
    let corp = &seen[0];
    let token = env.token(SESSION);
    for (member, value) in [
        ("startUrl", json!(center.start_url())),
        ("region", json!(center.region())),
        ("profiles", json!(["dev"])),
        ("scopes", json!(["sso:account:access"])),
        ("refreshable", json!(true)),
        ("expiresAt", token["expiresAt"].clone()),
        ("registrationExpiresAt", token["registrationExpiresAt"].clone()),
        ("file", json!(env.path(&TestEnv::token_path(SESSION)))),
        ("reason", Value::Null),
        ("command", Value::Null),
    ] {
        assert_eq!(corp[member], value, "{member}");
    }
    let left = corp["expiresIn"].as_i64().expect("seconds");
    assert!((28_000..=28_800).contains(&left), "{left}");
    assert_eq!(seen[2]["command"], json!("sso-oidc login --sso-session spent"));
    assert!(seen[4]["reason"].as_str().is_some_and(|why| why.contains("https://other.awsapps.com/start")));
    assert_eq!(seen[6]["profiles"], json!(["legacy"]));
    assert_eq!(seen[6]["command"], json!("sso-oidc login --profile legacy"));
    for secret in center.secrets().iter().map(String::as_str).chain(["canary"]) {
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{}", run.snapshot());
    }
    assert_eq!(center.connections(), 0);
    assert_eq!(env.files(".aws/sso").len(), 5, "nothing was written");
}

#[test]
fn a_session_that_is_named_twice_is_listed_once() {
    let (_center, env) = all_states();
    let run = env.run(["status", "--sso-session", "new", "--sso-session", SESSION, "--sso-session", "new"]).expect(4);
    assert_eq!(states(&sessions(&run)).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["new", SESSION]);
}

#[test]
fn the_exit_code_covers_the_selected_sessions() {
    let (_center, env) = all_states();
    for (words, code) in [
        (&["status"][..], 0),
        (&["status", "--sso-session", "corp"], 0),
        (&["status", "--profile", "dev"], 0),
        (&["status", "--sso-session", "old"], 0),
        (&["status", "--sso-session", "corp", "--sso-session", "old"], 0),
        (&["status", "--sso-session", "corp", "--sso-session", "new"], 4),
        (&["status", "--sso-session", "spent"], 4),
        (&["status", "--sso-session", "torn"], 4),
        (&["status", "--sso-session", "moved"], 4),
        (&["status", "--sso-session", "new"], 4),
        (&["status", "--profile", "legacy"], 4),
        (&["status", "--sso-session", "corp", "--min-ttl", "30m"], 0),
        (&["status", "--sso-session", "none"], 253),
        (&["status", "--profile", "none"], 255),
        (&["status", "--min-ttl", "x"], 252),
        (&["status", "x"], 252),
    ] {
        env.run(words.iter().copied()).expect(code);
    }
}

#[test]
fn a_token_below_min_ttl_counts_as_expired() {
    let (_center, env) = all_states();
    let mut token = env.let_expire_in(SESSION, 1_500);
    let state = |env: &TestEnv, code| {
        let run = env.run(["status", "--sso-session", SESSION, "--min-ttl", "30m"]).expect(code);
        sessions(&run)[0]["state"].clone()
    };
    assert_eq!(state(&env, 0), "refreshable");
    token.as_object_mut().unwrap().remove("refreshToken");
    env.write_token(SESSION, &token);
    assert_eq!(state(&env, 4), "login needed");
    env.run(["status", "--sso-session", SESSION]).ok();
}

#[test]
fn without_sessions_the_exit_code_is_4() {
    let env = TestEnv::new();
    let run = env.run(["status"]).expect(4);
    assert_eq!(run.json(), json!({"sessions": []}));
    assert_eq!(env.files(""), [""; 0]);
    #[cfg(target_os = "linux")]
    {
        let (_, text, _) = env.on_terminal(&["status"]).finish();
        assert!(text.ends_with("\r\n\r\nTo sign in:\r\n  sso-oidc login\r\n"), "{text:?}");
    }
}

#[test]
fn sessions_that_cannot_be_read_are_mentioned() {
    let env = TestEnv::new();
    env.write(".aws/config/file", "").write(".aws/credentials/file", "");
    let unread = |name: &str| {
        let path = env.path(&format!(".aws/{name}"));
        format!("WARNING: {} was not read: it is not a regular file\n", path.display())
    };
    let run = env.run(["status"]).expect(4);
    assert_eq!((run.json(), run.stderr), (json!({"sessions": []}), unread("config") + &unread("credentials")));
    assert_eq!(env.run(["logout"]).ok().stderr, unread("config") + &unread("credentials"));
    let run = env.command(["status"]).env("AWS_CONFIG_FILE", "/dev/null").run().expect(4);
    assert_eq!(run.stderr, unread("credentials"));

    let env = TestEnv::new();
    env.config("[sso-session My Corp]\nsso_region = us-east-1\n");
    let run = env.run(["status"]).expect(4);
    assert!(
        run.stderr.ends_with("is not a valid section; it must be [sso-session \"My Corp\"]\n"),
        "{}",
        run.snapshot()
    );
    let run = env.run(["login", "--all"]).expect(253);
    assert!(
        run.stderr.ends_with("is not a valid section; it must be [sso-session \"My Corp\"]\n"),
        "{}",
        run.snapshot()
    );
}

#[test]
fn no_login_is_recommended_that_cannot_work() {
    let (_center, env) = all_states();
    std::fs::remove_file(env.home().join(TestEnv::token_path("torn"))).unwrap();
    env.write(&(TestEnv::token_path("torn") + "/file"), "");
    let seen = sessions(&env.run(["status", "--sso-session", "torn"]).expect(4));
    assert_eq!((&seen[0]["state"], &seen[0]["command"]), (&json!("damaged"), &Value::Null), "{seen:?}");
    let reason = seen[0]["reason"].as_str().unwrap();
    assert!(reason.contains("it is a directory, not a file (move or remove "), "{reason}");
    env.run(["login", "--sso-session", "torn", "--no-browser"]).expect(255);
}

#[test]
fn tokens_without_configuration_count_when_their_file_name_is_right() {
    let center = IdentityCenter::start();
    let env = TestEnv::new();
    let document = token_document(&center, &center.issue());
    // As editors store it: under a name that no AWS SDK looks for.
    env.write(".aws/sso/cache/aws-toolkit.json", document.to_string());
    env.write(".aws/sso/cache/registration.json", "{\"clientId\": \"c\", \"clientSecret\": \"s\"}");
    env.write(".aws/sso/cache/junk.json", "junk");
    let run = env.run(["status"]).expect(4);
    let seen = sessions(&run);
    assert_eq!(states(&seen), [("-".to_owned(), "valid".to_owned())]);
    assert_eq!(seen[0]["file"], json!(env.path(".aws/sso/cache/aws-toolkit.json")));
    env.sign_in(&center, &center.start_url());
    let run = env.run(["status"]).ok();
    assert_eq!(sessions(&run).len(), 2);
}

#[test]
fn a_registration_is_not_listed_but_a_token_under_its_name_is() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let token = env.token(SESSION);
    let scopes = ["sso:account:access".to_owned()];
    let key = RegistrationKey::new(&center.region(), Some(&scopes), Some(SESSION), &center.start_url());
    let path = format!(".aws/sso/cache/{}.json", key.0);
    let count = |document: &Value| {
        env.write(&path, document.to_string());
        sessions(&env.run(["status"]).ok()).len()
    };
    let registration = json!({
        "clientId": token["clientId"],
        "clientSecret": token["clientSecret"],
        "expiresAt": token["registrationExpiresAt"],
        "scopes": scopes,
    });
    let before = count(&json!({}));
    assert_eq!(count(&registration), before);
    assert_eq!(count(&token), before + 1);
}

#[test]
fn output_formats_and_queries_apply() {
    let (_center, env) = all_states();
    let query = ["status", "--query", "sessions[?session=='corp'].[session,state]"];
    let with = |format: &str| env.run(query.iter().copied().chain(["--output", format])).ok().stdout;
    assert_eq!(with("text"), "corp\tvalid\n");
    assert_eq!(with("yaml"), "- - corp\n  - valid\n");
    assert!(with("table").contains("|  corp |  valid  |"), "{}", with("table"));
    env.run(["status", "--query", "sessions["]).expect(252);
}

#[test]
fn sessions_with_wrong_configuration_are_warned_about_and_left_out() {
    let (_center, env) = all_states();
    env.config(&(env.read(".aws/config") + "\n[sso-session broken]\nsso_region = us-east-1\n"));
    let run = env.run(["status"]).ok();
    assert!(run.stderr.contains("WARNING: Missing the following required SSO configuration values: sso_start_url"));
    assert!(run.stderr.contains("[sso-session broken]"), "{}", run.snapshot());
    assert_eq!(sessions(&run).len(), 7);
}

#[test]
fn an_unusable_file_is_damaged() {
    let (_center, env) = all_states();
    let path = env.home().join(TestEnv::token_path(SESSION));
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let run = env.run(["status", "--sso-session", SESSION]).expect(4);
    let seen = sessions(&run);
    assert_eq!(seen[0]["state"], "damaged");
    assert!(seen[0]["reason"].as_str().is_some_and(|why| why.contains("it is a directory")), "{}", seen[0]);
}

#[test]
fn check_asks_the_portal_and_refreshes_nothing() {
    let (center, env) = all_states();
    let check = ["status", "--check", "--sso-session", SESSION];
    env.run(check).ok();
    assert_eq!(center.calls(), [Endpoint::ListAccounts]);
    let request = &center.requests()[0];
    assert_eq!(request.target, "/assignment/accounts?max_result=1");
    assert_eq!(json!(request.header("x-amz-sso_bearer_token")), env.token(SESSION)["accessToken"]);

    center.end_sessions();
    center.expect_fault(Endpoint::ListAccounts, "UnauthorizedException");
    let before = env.read(TestEnv::token_path(SESSION));
    let run = env.run(["status", "--check"]).ok();
    let seen = sessions(&run);
    assert_eq!((&seen[0]["state"], &seen[1]["state"]), (&json!("login needed"), &json!("refreshable")));
    assert!(seen[0]["reason"].as_str().is_some_and(|why| why.contains("no longer accepts the token")), "{}", seen[0]);
    assert_eq!(seen[0]["command"], json!("sso-oidc login --sso-session corp"));
    assert_eq!(env.read(TestEnv::token_path(SESSION)), before);
    assert!(!center.calls().contains(&Endpoint::CreateToken));
}

#[test]
fn a_failed_check_changes_no_state() {
    let (center, mut env) = all_states();
    env.set("AWS_MAX_ATTEMPTS", "1");
    let check = ["status", "--check", "--sso-session", SESSION];
    center.next(Endpoint::ListAccounts, Reply::json(500, &json!({})));
    let run = env.run(check).expect(254);
    assert_eq!(sessions(&run)[0]["state"], "valid");
    assert!(run.stderr.contains("cannot check the token of corp at the access portal"), "{}", run.snapshot());
    env.set("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9");
    let run = env.run(check).expect(255);
    assert_eq!(sessions(&run)[0]["state"], "valid");
}

#[test]
fn a_token_with_an_invalid_region_does_not_stop_the_check() {
    let (center, env) = all_states();
    let mut foreign = token_document(&center, &center.issue());
    foreign["region"] = json!("no region");
    env.write_token("of another tool", &foreign);
    let shown = sessions(&env.run(["status"]).ok()).len();
    let run = env.run(["status", "--check"]).expect(255);
    assert_eq!(sessions(&run).len(), shown);
    assert!(run.stderr.contains("cannot check the token of"), "{}", run.snapshot());
    assert!(run.stderr.contains("'no region' doesn't match"), "{}", run.snapshot());
    assert!(center.calls().contains(&Endpoint::ListAccounts), "the other tokens were checked");
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_a_table_or_details() {
    let (_center, mut env) = all_states();
    env.set("PAGER", "").set("TZ", "XYZ-9");
    let screen = |words: &[&str]| {
        let (status, text, _) = env.on_terminal(words).finish();
        format!("exit {status}\n{}", normalize(&text.replace("\r\n", "\n")))
    };
    assert_text_snapshot("status-table.txt", &screen(&["status"]));
    let details = screen(&["status", "--sso-session", SESSION, "--sso-session", "spent"]);
    // Local times, with the date if it is another day.
    let times = details.lines().filter_map(|line| line.get(15..)?.split_once(" (")).map(|(time, _)| time);
    let expires = sessions(&env.run(["status"]).ok())[0]["expiresAt"].as_str().unwrap().to_owned();
    let hour = (expires[11..13].parse::<u32>().unwrap() + 9) % 24;
    assert!(times.clone().next().unwrap().ends_with(&format!("{hour:02}:{}", &expires[14..16])), "{details}");
    let hidden = times.fold(details.clone(), |text, time| text.replacen(&format!("{time} ("), "[TIME] (", 1));
    assert_text_snapshot("status-details.txt", &hidden);
    assert!(screen(&["status", "--output", "json"]).contains("\"sessions\": ["));
}

#[cfg(target_os = "linux")]
#[test]
fn profiles_take_the_columns_that_are_left() {
    let (_center, env) = all_states();
    let more = |number: usize| format!("\n[profile number-{number}]\nsso_session = {SESSION}\n");
    env.config(&(env.read(".aws/config") + &(1..20).map(more).collect::<String>()));
    let (_, text, _) = env.on_terminal_of(100, 50, &["status"]).finish();
    let plain = strip_ansi_codes(&text).replace("\r\n", "\n");
    let row = plain.lines().find(|line| line.starts_with(SESSION)).unwrap();
    assert!(row.contains("  dev, number-1, number-2") && measure_text_width(row) == 100, "{plain}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_table_fits_and_is_aligned_on_every_terminal() {
    let (center, env) = all_states();
    let session = |name: &str| {
        format!(
            "[profile of {name}]\nsso_session = {name}\n[sso-session {name}]\nsso_start_url = {}\nsso_region = us-east-1\n",
            center.start_url()
        )
    };
    let names: Vec<String> = (1..=30).map(|number| format!("会社🚀{number}")).collect();
    env.config(&(env.read(".aws/config") + "\n" + &names.iter().map(|name| session(name)).collect::<String>()));
    for (columns, last_title) in [(40, "EXPIRES"), (80, "REGION"), (160, "START URL")] {
        let (_, text, _) = env.on_terminal_of(columns, 50, &["status"]).finish();
        let plain = strip_ansi_codes(&text).replace("\r\n", "\n");
        assert!(plain.lines().next().unwrap().ends_with(last_title), "{plain}");
        let state = plain.find("STATE").unwrap();
        for line in plain.lines() {
            assert!(measure_text_width(line) <= columns.into(), "{columns}: {line}");
            for word in ["login needed", "valid", "refreshable", "damaged"] {
                let before = line.split_once(word).map(|(before, _)| before).filter(|before| before.ends_with("  "));
                assert!(before.is_none_or(|before| measure_text_width(before) == state), "{columns}: {line}");
            }
        }
        let commands = "\nTo sign in:\n  sso-oidc login --all\n  sso-oidc login --profile legacy\n";
        assert!(plain.ends_with(commands), "{plain}");
    }
}
