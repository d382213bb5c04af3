//! What a person sees of `login` on a terminal: instructions, colors, links, and that a wait is announced.

use std::time::Duration;

use super::LOGIN;
use crate::support::identity_center::{Approval, Endpoint, Reply};
use crate::support::screen::Screen;
use crate::support::{IdentityCenter, TestEnv, UserAgent};

const DEVICE: [&str; 2] = ["--use-device-code", "--no-browser"];

fn words(more: &[&'static str]) -> Vec<&'static str> {
    LOGIN.iter().chain(more).copied().collect()
}

/// The rows of the screen after a login by device code that is approved at the first poll after `shown` appears.
fn device_login(env: &TestEnv, center: &IdentityCenter, size: (u16, u16), words: &[&str], shown: &str) -> String {
    let mut terminal = env.on_terminal_of(size.0, size.1, words);
    terminal.wait_for(|text| text.contains(shown).then_some(()));
    center.approve(&center.open_user_codes()[0]);
    let (code, text, _) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    text
}

fn rows(columns: usize, text: &str) -> Vec<String> {
    let mut screen = Screen::new(columns);
    screen.write(text);
    screen.lines()
}

#[test]
fn no_browser_is_announced_where_none_can_be_opened() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.set("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22");
    let text = device_login(&env, &center, (80, 24), &LOGIN, "waiting for approval");
    assert!(!text.contains("browser.") && !text.contains("could not be opened"), "{text}");
    let rows = rows(80, &text);
    let url = rows.iter().position(|row| row.starts_with(&center.url()) && row.contains("?user_code=")).unwrap();
    let code = rows[url].rsplit_once('=').unwrap().1;
    assert_eq!((rows[url - 1].as_str(), rows[url + 1].as_str()), ("", ""), "{rows:?}");
    assert_eq!(rows[url + 2], format!("Check that the page shows this code: {code}"));
    assert!(rows.contains(&"To sign in to corp, open this URL in a browser on any device:".to_owned()), "{rows:?}");
}

#[test]
fn an_opened_browser_is_announced() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.record_browser();
    let text = device_login(&env, &center, (80, 24), &words(&["--use-device-code"]), "waiting for approval");
    assert!(text.contains("Opened your browser to sign in to "), "{text}");
    assert_eq!(env.opened().len(), 1);
}

#[test]
fn a_qr_code_is_shown_if_nothing_scrolls_off() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for (columns, rows_of_screen, expected) in [(80, 24, false), (80, 50, true), (30, 50, false)] {
        let words = words(&["--use-device-code", "--no-browser", "--force"]);
        let text = device_login(&env, &center, (columns, rows_of_screen), &words, "waiting for");
        assert_eq!(text.contains('▀'), expected, "{columns}x{rows_of_screen}: {text}");
        if expected {
            // The first command line, and the spinner.
            let used = rows(columns.into(), &text).len() + 2;
            let fits = u16::try_from(used).unwrap();
            let text = device_login(&env, &center, (columns, fits + 2), &words, "waiting for");
            assert!(text.contains('▀'), "{fits}: {text}");
            let text = device_login(&env, &center, (columns, fits - 6), &words, "waiting for");
            assert!(!text.contains('▀'), "{fits}: {text}");
        }
    }
}

#[test]
fn success_is_one_line_with_the_next_step() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.set("TZ", "XYZ-9").set("CLICOLOR", "0");
    let text = device_login(&env, &center, (80, 24), &words(&DEVICE), "waiting for approval");
    let expires = env.token("corp")["expiresAt"].as_str().unwrap().to_owned();
    let hour: u32 = expires[11..13].parse().unwrap();
    let local = format!("{:02}:{}", (hour + 9) % 24, &expires[14..16]);
    let rows = rows(80, &text);
    let success = rows.iter().find(|row| row.starts_with("✓ Signed in to corp until ")).expect("success");
    assert!(success.ends_with(&format!("{local} (8\u{a0}h), renews automatically")), "{success}, not {local}");
    assert!(rows.contains(&"  try: aws s3 ls --profile dev".to_owned()), "{rows:?}");
    assert!(!text.contains("Successfully logged into"), "{text}");

    let config = env.read(".aws/config").replace("sso_session = corp", "sso_session = other");
    env.config(&config);
    let (code, text, _) = env.on_terminal(&LOGIN).finish();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("✓ Already signed in to corp until "), "{text}");
    assert!(text.contains("  no profile uses this session yet; run: sso-oidc configure"), "{text}");
}

#[test]
fn under_the_name_aws_the_text_is_that_of_aws() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    let words = ["aws", "sso", "login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    let (code, text, _) = env.on_terminal(&words).finish();
    assert_eq!(code, 0, "{text}");
    assert!(
        text.ends_with(&super::success(&center.start_url()).replace('\n', "\r\n")) && !text.contains('✓'),
        "{text}"
    );
}

#[test]
fn several_sessions_are_named_before_their_urls() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let lab = format!("\n[sso-session lab]\nsso_start_url = {}\nsso_region = us-east-1\n", center.start_url());
    env.config(&(env.read(".aws/config") + &lab));
    let mut terminal = env.on_terminal(&["login", "--all", "--flow", "device-code", "--no-browser"]);
    for part in ["signing in to corp (1 of 2)", "signing in to lab (2 of 2)"] {
        terminal.wait_for(|text| text.split_once(part)?.1.contains("waiting for approval").then_some(()));
        center.approve(&center.open_user_codes()[0]);
    }
    let (code, text, _) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("signed in to 2 of 2 sessions"), "{text}");
}

#[test]
fn every_slow_request_is_announced_and_nothing_of_it_remains() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let slow = || Reply::genuine().delay(Duration::from_millis(700));
    center.next(Endpoint::RegisterClient, slow()).next(Endpoint::CreateToken, slow());
    let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser"]));
    let url = terminal.word("/authorize?");
    UserAgent::new().approve(&url).unwrap();
    let (code, text, _) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    for shown in ["registering with IAM Identity Center", "requesting the token"] {
        assert!(text.contains(shown), "{shown}: {text}");
        let rows = rows(110, &text);
        assert!(!rows.iter().any(|row| row.contains(shown)), "{rows:?}");
    }
}

#[test]
fn a_rejected_paste_leaves_no_part_of_the_spinner() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser"]));
    let url = terminal.word("/authorize?");
    terminal.wait_for(|text| text.contains("waiting for approval").then_some(()));
    terminal.type_in("nonsense\n");
    terminal.wait_for(|text| text.contains("is not a redirect URL or a code").then_some(()));
    UserAgent::new().approve(&url).unwrap();
    let (_, text, _) = terminal.finish();
    let rows = rows(110, &text);
    assert!(rows.contains(&"that is not a redirect URL or a code".to_owned()), "{rows:?}");
    assert!(!rows.iter().any(|row| row.contains("waiting for approval")), "{rows:?}");
}

#[test]
fn without_cursor_movement_there_is_no_escape_sequence() {
    let center = IdentityCenter::start();
    for (variable, value, color) in [("TERM", "dumb", "auto"), ("TERM", "xterm", "off")] {
        let mut env = TestEnv::of(&center);
        env.set(variable, value).set("WT_SESSION", "1");
        let login = [&words(&DEVICE)[..], &["--copy", "--color", color]].concat();
        let mut text = device_login(&env, &center, (80, 50), &login, "waiting for approval, 9:5");
        for words in
            [&["status"][..], &["status", "--profile", "dev"], &["login", "--sso-session", "none"], &["logout"]]
        {
            text += &env.on_terminal(&[words, &["--color", color]].concat()).finish().1;
        }
        assert!(text.contains("login needed") && text.contains("Signed out of corp"), "{text}");
        assert!(!text.contains('\u{1b}'), "{value} {color}: {text:?}");
    }
}

#[test]
fn links_are_for_terminals_that_have_them() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    let link = |env: &TestEnv| {
        let text =
            device_login(env, &center, (80, 24), &words(&["--force", "--use-device-code", "--no-browser"]), "9:5");
        text.contains("\u{1b}]8;;http://127.0.0.1")
    };
    assert!(!link(&env));
    env.set("VTE_VERSION", "7600");
    assert!(link(&env));
    env.set("TMUX", "/tmp/tmux-1000/default,1,0");
    assert!(!link(&env));
}

#[test]
fn the_code_is_copied_on_request() {
    use base64::Engine as _;
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let text = device_login(&env, &center, (80, 24), &words(&["--use-device-code", "--no-browser", "--copy"]), "9:5");
    let copied = text.split_once("\u{1b}]52;c;").unwrap().1.split_once('\u{7}').unwrap().0;
    let copied = base64::prelude::BASE64_STANDARD.decode(copied).unwrap();
    assert!(text.contains(&format!("?user_code={}\r\n", String::from_utf8(copied).unwrap())), "{text}");
    assert!(text.contains("sent the code to the terminal's clipboard"), "{text}");
}

#[test]
fn variables_decide_about_color_and_a_pipe_stays_plain() {
    let center = IdentityCenter::start();
    let mut env = TestEnv::of(&center);
    env.sign_in(&center, "corp");
    let colored = |env: &TestEnv| env.on_terminal(&LOGIN).finish().1.contains("\u{1b}[32m✓\u{1b}[0m");
    env.set("PAGER", "");
    let table = ["status", "--output", "table"];
    let is_blue = |env: &TestEnv| env.on_terminal(&table).finish().1.contains("\u{1b}[34m");
    assert!(colored(&env) && is_blue(&env));
    env.set("NO_COLOR", "1");
    assert!(!colored(&env) && !is_blue(&env));
    let run = env.run(["login", "--sso-session", "none"]).expect(253);
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.snapshot());
    env.unset("NO_COLOR").set("CLICOLOR_FORCE", "1");
    let run = env.run(["login", "--sso-session", "none"]).expect(253);
    assert!(run.stderr.contains("sso-oidc: \u{1b}[31m[ERROR]\u{1b}[0m: "), "{}", run.snapshot());
    let run = env.run(["status"]).ok();
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.snapshot());
}

#[test]
fn a_denial_says_what_can_be_done() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let running = super::start(&env, &[]);
    let mut running = running;
    let page = UserAgent::new().deny(&running.authorization_url()).unwrap();
    assert!(page.text().contains("run the login again in your terminal"), "{}", page.text());
    let next = "to approve the request after all, run the login again; if you are not allowed to, ask your Identity Center administrator";
    let run = running.finish().expect(255);
    assert!(run.stderr.contains(next), "{}", run.snapshot());

    center
        .next(Endpoint::CreateToken, Reply::pending())
        .next(Endpoint::CreateToken, Reply::fault("AccessDeniedException"));
    let run = env.run(words(&["--use-device-code", "--no-browser", "--force"])).expect(254);
    assert!(run.stderr.contains(next), "{}", run.snapshot());
}

#[test]
fn a_start_url_in_another_form_is_warned_about() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    let usual = center.start_url();
    for (written, expected) in [(format!("{usual}/#/"), 1), (format!("{usual}/"), 1), (usual.clone(), 0)] {
        center.serve(&written);
        env.config(
            &env.read(".aws/config")
                .lines()
                .map(|line| match line.split_once(" = ") {
                    Some(("sso_start_url", _)) => format!("sso_start_url = {written}\n"),
                    _ => format!("{line}\n"),
                })
                .collect::<String>(),
        );
        let run = env.run(words(&["--use-device-code", "--no-browser", "--force"])).ok();
        let warning = format!("WARNING: the start URL `{written}` is used as written; AWS's form is `{usual}`");
        assert_eq!(run.stderr.matches(&warning).count(), expected, "{}", run.snapshot());
        assert_eq!(env.token("corp")["startUrl"], written);
    }
}
