//! `login` on a terminal: the spinner, a pasted redirect URL or code, and the restored terminal modes.

use super::LOGIN;
use crate::support::identity_center::{Endpoint, Reply};
use crate::support::{IdentityCenter, TestEnv, UserAgent, wait_until};

fn words(more: &[&'static str]) -> Vec<&'static str> {
    LOGIN.iter().chain(more).copied().collect()
}

#[test]
fn the_spinner_shows_the_time_left_and_disappears() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser"]));
    let url = terminal.word("/authorize?");
    terminal.wait_for(|text| text.contains("waiting for approval, 9:5").then_some(()));
    assert!(!terminal.echoes(), "what is pasted is not shown");
    UserAgent::new().approve(&url).unwrap();
    let (code, text, echoes) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(echoes, "the terminal is as it was");
    assert!(text.contains("Signed in to \u{1b}[1mcorp\u{1b}[0m until "), "{text}");
}

#[test]
fn the_redirect_url_can_be_pasted() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser"]));
    let url = terminal.word("/authorize?");
    terminal.wait_for(|text| text.contains("paste the URL").then_some(()));
    let redirect = landing(&url);
    terminal.type_in("http://127.0.0.1/oauth/callback?code=x&state=wrong\n");
    terminal.wait_for(|text| text.contains("is not the redirect of this login").then_some(()));
    terminal.type_in(&format!("{redirect}\n"));
    let (code, text, _) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    let secret =
        url::Url::parse(&redirect).unwrap().query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    assert!(!text.contains(&secret), "the code is on the screen: {text}");
}

#[test]
fn a_redirect_url_that_is_broken_over_lines_can_be_pasted() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for ends in ["\n", "\r\n", " \n  "] {
        let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser", "--force"]));
        let url = terminal.word("/authorize?");
        terminal.wait_for(|text| text.contains("paste the URL").then_some(()));
        let redirect = landing(&url);
        let parts = redirect.as_bytes().chunks(16).map(|part| std::str::from_utf8(part).unwrap());
        let broken = parts.collect::<Vec<_>>().join(ends);
        terminal.type_in(&format!("{broken}\n"));
        let (code, text, _) = terminal.finish();
        assert_eq!(code, 0, "{text}");
        assert!(!text.contains("that is not") && !text.contains("that URL"), "{text}");
    }
}

#[test]
fn the_bare_code_can_be_pasted() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser"]));
    let url = terminal.word("/authorize?");
    terminal.wait_for(|text| text.contains("paste the URL").then_some(()));
    let redirect = url::Url::parse(&landing(&url)).unwrap();
    let code = redirect.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    terminal.type_in(&format!("x\u{15}{code}y\u{7f}\r"));
    let (status, text, _) = terminal.finish();
    assert_eq!(status, 0, "{text}");
    assert_eq!(center.requests_to(Endpoint::CreateToken).len(), 1);
}

#[test]
fn words_typed_ahead_are_not_codes() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser"]));
    terminal.type_in("ls\ny\n");
    let url = terminal.word("/authorize?");
    // From then on the terminal does not echo.
    terminal.wait_for(|text| text.contains("paste the URL").then_some(()));
    terminal.type_in("exit\nhunter2-hunter2\ncode=0123456789abcdef0123\n");
    terminal.wait_for(|text| (text.matches("is not a redirect URL or a code").count() == 5).then_some(()));
    UserAgent::new().approve(&url).unwrap();
    let (code, text, _) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(center.requests_to(Endpoint::CreateToken).len(), 1);
}

#[test]
fn a_refused_pasted_code_does_not_end_the_login() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for code in ["InvalidGrantException", "ExpiredTokenException"] {
        let mut terminal =
            env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser", "--force", "--no-qr"]));
        let url = terminal.word("/authorize?");
        terminal.wait_for(|text| text.contains("paste the URL").then_some(()));
        center.next(Endpoint::CreateToken, Reply::fault(code));
        terminal.type_in("0123456789abcdef0123456789\n");
        terminal.wait_for(|text| text.contains(&format!("did not accept the pasted code: {code}")).then_some(()));
        UserAgent::new().approve(&url).unwrap();
        let (status, text, _) = terminal.finish();
        assert_eq!(status, 0, "{text}");
    }
}

#[test]
fn ctrl_c_restores_the_terminal() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser"]));
    terminal.wait_for(|text| text.contains("waiting for approval").then_some(()));
    terminal.type_in("\u{3}");
    let (code, text, echoes) = terminal.finish();
    assert_eq!(code, 130, "{text}");
    assert!(echoes, "{text}");
}

#[test]
fn every_signal_restores_the_terminal() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for (name, status) in [("QUIT", -3), ("USR1", -10), ("ALRM", -14), ("TERM", -15), ("HUP", -1), ("XCPU", -24)] {
        let mut terminal = env.on_terminal(&words(&["--flow", "authorization-code", "--no-browser"]));
        terminal.wait_for(|text| text.contains("waiting for approval").then_some(()));
        assert!(!terminal.echoes());
        terminal.signal(name);
        let (code, text, echoes) = terminal.finish();
        assert!(echoes && code == status, "{name}: {code} {text}");
    }
}

#[test]
fn qr_code_of_the_device_code() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    for (more, shown) in [
        (&["--use-device-code", "--no-browser"][..], true),
        (&["--use-device-code", "--no-browser", "--no-qr", "--force"], false),
    ] {
        let mut terminal = env.on_terminal(&words(more));
        terminal.wait_for(|text| text.contains("waiting for approval").then_some(()));
        assert_eq!(terminal.text().contains('▀'), shown, "{}", terminal.text());
        center.approve(&center.open_user_codes()[0]);
        let (code, text, _) = terminal.finish();
        assert_eq!(code, 0, "{text}");
    }
}

/// Approves, and returns the URL that the browser would open next.
fn landing(url: &str) -> String {
    let agent = UserAgent::new();
    let page = agent.open(url).unwrap();
    agent.approve_without_following(&page).unwrap()
}

/// The terminal may belong to another program of a script then.
#[test]
fn nothing_is_read_from_a_terminal_that_is_not_standard_input() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let script = "\"$0\" login --sso-session corp --flow authorization-code --no-browser < /dev/null";
    let mut terminal = env.program_on_terminal("/bin/bash".as_ref(), &["-c", script, env!("CARGO_BIN_EXE_sso-oidc")]);
    let url = terminal.word("/authorize?");
    terminal.wait_for(|text| text.contains("waiting for approval").then_some(()));
    assert!(terminal.echoes());
    UserAgent::new().approve(&url).unwrap();
    let (code, text, _) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("paste"), "{text}");
}

/// Reading the terminal from the background, or changing its modes, would stop the login.
#[test]
fn a_login_in_the_background_continues() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let script = "set -m
        \"$0\" login --sso-session corp --flow authorization-code --no-browser
        bg; echo in the back $(jobs -p); wait %1; echo \"ended with $?\"";
    let mut terminal = env.program_on_terminal("/bin/bash".as_ref(), &["-c", script, env!("CARGO_BIN_EXE_sso-oidc")]);
    let url = terminal.word("/authorize?");
    terminal.wait_for(|text| text.contains("paste the URL").then_some(()));
    terminal.type_in("\u{1a}");
    let pid = terminal.wait_for(|text| text.rsplit_once("in the back ")?.1.split_once("\r\n")?.0.parse::<u32>().ok());
    // It wakes up for each look at the terminal.
    let wakeups = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        count.unwrap().trim().parse::<u32>().unwrap()
    };
    let before = wakeups();
    wait_until("several looks at the terminal", || wakeups() >= before + 4);
    UserAgent::new().approve(&url).unwrap();
    let (_, text, _) = terminal.finish();
    assert!(text.contains("Signed in to") && text.contains("ended with 0"), "{text}");
}
