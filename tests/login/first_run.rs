//! Questions of `login` on a terminal: those of the first login, and the choice between several sessions.

use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint, Reply};
use crate::support::terminal::Terminal;
use crate::support::{IdentityCenter, TestEnv};

const LOGIN: [&str; 2] = ["login", "--use-device-code"];
const DOWN: &str = "\u{1b}[B";
const UP: &str = "\u{1b}[A";

/// An Identity Center whose start URL shows its page, and an environment without a config file.
fn unconfigured() -> (IdentityCenter, TestEnv, String) {
    let center = IdentityCenter::start_tls();
    center.approval(Approval::AtOnce);
    let url = format!("{}/start", center.url());
    center.serve(&url);
    let env = TestEnv::of(&center);
    std::fs::remove_file(env.home().join(".aws/config")).unwrap();
    (center, env, url)
}

/// Answers the last question: no profile.
fn decline(terminal: &mut Terminal) {
    terminal.wait_for(|text| text.contains("Set up a profile now? (y/n) [yes]: ").then_some(()));
    terminal.type_in("n\n");
}

#[test]
fn the_first_login_sets_up_a_profile() {
    let (_center, env, url) = unconfigured();
    let mut terminal = env.on_terminal(&LOGIN);
    for (question, answer) in [
        ("Start URL of your AWS access portal: ", &*format!("{url}\n")),
        ("Session name [sso]: ", "\n"),
        ("Set up a profile now? (y/n) [yes]: ", "\n"),
        ("Choose the role", "\r"),
        ("Profile name [Development.Developer]: ", "dev\n"),
        ("Region [us-east-1]: ", "eu-west-1\n"),
    ] {
        terminal.wait_for(|text| text.contains(question).then_some(()));
        terminal.type_in(answer);
    }
    let (code, text, echoes) = terminal.finish();
    assert!(code == 0 && echoes && text.contains("try: aws s3 ls --profile dev"), "{code} {text}");
    assert!(env.read(".aws/config").ends_with(
        "\n[profile dev]\nsso_session = sso\nsso_account_id = 111122223333\nsso_role_name = Developer\nregion = eu-west-1\n"
    ));
}

#[test]
fn the_first_login_asks_for_the_session_and_saves_it() {
    let (center, env, url) = unconfigured();
    let mut terminal = env.on_terminal(&LOGIN);
    terminal.wait_for(|text| text.contains("Start URL of your AWS access portal: ").then_some(()));
    terminal.type_in("my-company\n");
    terminal.wait_for(|text| text.contains("expected a URL like https://").then_some(()));
    terminal.type_in(&format!("{}/#/\n", url.strip_prefix("https://").unwrap()));
    terminal.wait_for(|text| text.contains("Session name [sso]: ").then_some(()));
    assert!(terminal.text().contains(&format!("Start URL: {url}\r\n")), "{}", terminal.text());
    assert!(terminal.text().contains("Region: us-east-1"), "{}", terminal.text());
    terminal.type_in("a]b\n");
    terminal.wait_for(|text| text.contains("expected letters").then_some(()));
    terminal.type_in("my-company\n");
    decline(&mut terminal);
    let (code, text, echoes) = terminal.finish();
    assert!(code == 0 && echoes && text.contains("no profile uses this session yet"), "{code} {text}");
    let saved = format!(
        "[sso-session my-company]\nsso_start_url = {url}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n"
    );
    assert_eq!(env.read(".aws/config"), saved);
    assert!(center.accepts(env.token("my-company")["accessToken"].as_str().unwrap()));
    env.run(["token"]).ok();
}

#[test]
fn a_region_that_is_not_found_is_chosen() {
    let (center, env, url) = unconfigured();
    for (page, keys, region) in [
        (Reply::html(200, "<title>no region</title>"), format!("{DOWN}\r"), "ap-east-1"),
        (Reply::html(302, "").header("Location", "https://example.com/"), format!("{UP}\r"), "us-east-1"),
    ] {
        center.set_region(region).next(Endpoint::VanityUrl, page);
        let mut terminal = env.on_terminal(&LOGIN);
        terminal.wait_for(|text| text.contains("Start URL").then_some(()));
        terminal.type_in(&format!("{url}\n"));
        terminal.wait_for(|text| text.contains("af-south-1").then_some(()));
        terminal.type_in(&keys);
        if keys.starts_with(UP) {
            terminal.wait_for(|text| text.contains("Region: ").then_some(()));
            terminal.type_in("us east\n");
            terminal.wait_for(|text| text.contains("expected a region like").then_some(()));
            terminal.type_in("us-east-1\n");
        }
        terminal.wait_for(|text| text.contains("Session name").then_some(()));
        terminal.type_in("\n");
        decline(&mut terminal);
        let (code, text, _) = terminal.finish();
        assert_eq!(code, 0, "{text}");
        assert!(
            env.read(".aws/config")
                .contains(&format!("[sso-session sso]\nsso_start_url = {url}\nsso_region = {region}\n"))
        );
        std::fs::remove_file(env.home().join(".aws/config")).unwrap();
    }
}

#[test]
fn the_region_of_a_start_url_is_found() {
    let (center, env, url) = unconfigured();
    let login = [&LOGIN[..], &["--sso-session", "x", "--start-url", &url]].concat();
    let (code, text, _) = env.on_terminal(&login).finish();
    assert!(code == 0 && text.contains("Region: us-east-1"), "{code} {text}");
    center.next(Endpoint::VanityUrl, Reply::html(404, ""));
    let mut terminal = env.on_terminal(&["configure", "--use-device-code", "--start-url", &url]);
    terminal.wait_for(|text| text.contains("does not name its region.\r\n").then_some(()));
    terminal.wait_for(|text| text.contains("Region of Identity Center").then_some(()));
    terminal.type_in("\u{3}");
    assert_eq!(terminal.finish().0, 130);
    // Nothing is requested where nobody can answer.
    let requests = center.requests().len();
    let run = env.run([&login[..], &["--force"]].concat()).expect(253);
    assert!(run.stderr.contains("--start-url requires --sso-region"), "{}", run.snapshot());
    assert_eq!(center.requests().len(), requests);
}

#[test]
fn options_answer_questions() {
    let (_center, env, url) = unconfigured();
    let mut terminal = env.on_terminal(&[&LOGIN[..], &["--sso-region", "us-east-1"]].concat());
    terminal.wait_for(|text| text.contains("Start URL").then_some(()));
    terminal.type_in(&format!("{url}\n"));
    terminal.wait_for(|text| text.contains("Session name").then_some(()));
    assert!(!terminal.text().contains("Region: "), "{}", terminal.text());
    terminal.type_in("\n");
    decline(&mut terminal);
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn an_interrupted_question_writes_nothing() {
    let (center, env, url) = unconfigured();
    for answers in [&[][..], &[url.as_str()], &[url.as_str(), "list"]] {
        if answers.len() == 2 {
            center.next(Endpoint::VanityUrl, Reply::html(404, ""));
        }
        let mut terminal = env.on_terminal(&LOGIN);
        terminal.wait_for(|text| text.contains("Start URL").then_some(()));
        if let Some(url) = answers.first() {
            terminal.type_in(&format!("{url}\n"));
            let next = if answers.len() == 2 { "af-south-1" } else { "Session name" };
            terminal.wait_for(|text| text.contains(next).then_some(()));
        }
        // Ctrl-D ends a line of text only.
        terminal.type_in(if answers.len() == 1 { "\u{4}" } else { "\u{3}" });
        let (code, text, echoes) = terminal.finish();
        assert!(code == 130 && echoes && text.ends_with('\n'), "{code} {text}");
        assert_eq!(env.files(".aws"), [""; 0]);
    }
}

#[test]
fn a_signal_at_a_list_restores_the_terminal() {
    let (center, env, url) = unconfigured();
    center.next(Endpoint::VanityUrl, Reply::html(404, ""));
    let mut terminal = env.on_terminal(&LOGIN);
    terminal.wait_for(|text| text.contains("Start URL").then_some(()));
    terminal.type_in(&format!("{url}\n"));
    terminal.wait_for(|text| text.contains("af-south-1").then_some(()));
    terminal.signal("TERM");
    let (code, text, echoes) = terminal.finish();
    assert!(code == -15 && echoes, "{code} {text}");
    assert!(text.contains("\u{1b}[?25h"), "the cursor is shown again: {text:?}");
}

#[test]
fn nothing_is_asked_where_nobody_answers() {
    let (center, mut env, _) = unconfigured();
    let silent = |env: &TestEnv, words: &[&str]| {
        let (code, text, _) = env.on_terminal(words).finish();
        assert!(code == 253 && !text.contains("Start URL of your"), "{words:?}: {code} {text}");
    };
    silent(&env, &["login", "--interactive", "never"]);
    silent(&env, &["aws", "sso", "login"]);
    silent(&env, &["token"]);
    silent(&env, &["login", "--sso-session", "x"]);
    env.set("TERM", "dumb");
    silent(&env, &["login"]);
    env.set("TERM", "xterm").set("CI", "true");
    silent(&env, &["login"]);
    env.unset("CI").config("[corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n");
    silent(&env, &["login"]);
    assert_eq!(center.connections(), 0);
}

#[test]
fn the_only_session_is_named() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let (code, text, _) = env.on_terminal(&["token"]).finish();
    assert!(code == 0 && text.contains("using the sso-session corp"), "{code} {text}");
}

#[test]
fn one_of_several_sessions_is_chosen_by_its_state() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    let config = env.read(".aws/config");
    let section = &config[config.find("[sso-session").unwrap()..];
    env.config(&(section.replace(SESSION, "first") + &section.replace(SESSION, "second")));
    env.sign_in(&center, "first");
    let mut terminal = env.on_terminal(&LOGIN);
    terminal.wait_for(|text| text.contains("first: valid for ").then_some(()));
    terminal.wait_for(|text| text.contains("second: login needed").then_some(()));
    terminal.type_in(&format!("{DOWN}\r"));
    let (code, text, _) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(center.accepts(env.token("second")["accessToken"].as_str().unwrap()));
}
