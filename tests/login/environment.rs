//! How the environment affects a login: which flow can work, which browser is started, clock skew.

use super::{LOGIN, start};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint, Reply};
use crate::support::{IdentityCenter, TestEnv, UserAgent, wait_until};

#[test]
#[cfg(target_os = "linux")]
fn device_code_is_used_where_no_browser_can_reach_us() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    for (variables, reason) in [
        (&[("CODESPACES", "true")][..], Some("this is a GitHub codespace")),
        (&[("CODESPACES", "true"), ("BROWSER", "/bin/true"), ("DISPLAY", ":0")], Some("this is a GitHub codespace")),
        (&[("AWS_EXECUTION_ENV", "CloudShell"), ("DISPLAY", ":0")], Some("this is AWS CloudShell")),
        (&[("SSH_CONNECTION", "a 1 b 2")], Some("this is an SSH session without a display")),
        (
            &[("SSH_CONNECTION", "a 1 b 2"), ("BROWSER", "/nonexistent/x: :no-such-program %s")],
            Some("this is an SSH session without a display"),
        ),
        (&[("SSH_CONNECTION", "a 1 b 2"), ("BROWSER", "/nonexistent/x:/bin/true %s")], None),
        (&[("SSH_TTY", "/dev/pts/1")], Some("this is an SSH session without a display")),
        (&[], Some("without a display|this machine has no display")),
        (&[("SSH_CONNECTION", "a 1 b 2"), ("DISPLAY", "localhost:10.0")], None),
        (&[("WAYLAND_DISPLAY", "wayland-0")], None),
        (&[("BROWSER", "/bin/true")], None),
    ] {
        let mut env = TestEnv::of(&center);
        for (name, value) in variables {
            env.set(name, value);
        }
        let mut running = env.spawn(LOGIN);
        if reason.is_none() {
            UserAgent::new().open(&running.authorization_url()).unwrap();
        }
        let run = running.finish().ok();
        let said = run.stderr.lines().find_map(|line| line.strip_prefix("using the device code flow: "));
        let fits = match (reason, said) {
            (None, None) => true,
            (Some(reason), Some(said)) => reason.split('|').any(|reason| said.contains(reason)),
            _ => false,
        };
        assert!(fits, "{variables:?}: {reason:?}\n{}", run.snapshot());
    }
}

#[test]
fn an_explicit_flow_overrides_detection() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let mut env = TestEnv::of(&center);
    env.set("CODESPACES", "true");
    let config = env.read(".aws/config") + "sso_login_flow = authorization-code\n";
    env.config(&config);
    for (variable, more) in
        [("", &[][..]), ("authorization-code", &[]), ("device-code", &["--flow", "authorization-code"])]
    {
        env.set("SSO_OIDC_FLOW", variable);
        let mut running = env.spawn(LOGIN.iter().chain(&["--force", "--no-browser"]).chain(more));
        UserAgent::new().open(&running.authorization_url()).unwrap();
        running.finish().ok();
    }
    env.set("SSO_OIDC_FLOW", "magic");
    assert!(env.run(LOGIN).expect(252).stderr.contains("SSO_OIDC_FLOW"));
}

#[test]
#[cfg(unix)]
fn the_path_of_a_browser_may_have_blanks() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    for place in ["BROWSER", "--browser-command", "sso_browser_command"] {
        let mut env = TestEnv::of(&center);
        let seen = env.home().join("seen");
        let script = format!("printf '%s\\n' \"$@\" > '{0}.part'\n/bin/mv '{0}.part' '{0}'\n", seen.display());
        let browser = env.script("my browser", &script).display().to_string();
        let mut words = vec!["login", "--sso-session", SESSION, "--flow", "authorization-code"];
        match place {
            "BROWSER" => drop(env.set("BROWSER", &browser)),
            "--browser-command" => words.extend([place, &browser]),
            _ => drop(env.config(&(env.read(".aws/config") + &format!("{place} = {browser}\n")))),
        }
        let mut running = env.spawn(words);
        let url = running.authorization_url();
        UserAgent::new().open(&url).unwrap();
        running.finish().ok();
        wait_until("the browser", || seen.exists());
        assert_eq!(std::fs::read_to_string(&seen).unwrap(), format!("{url}\n"), "{place}");
    }
}

/// Ctrl-C reaches the foreground process group; the browser is in another one if its number is that of a group.
#[test]
#[cfg(unix)]
fn ctrl_c_does_not_reach_the_browser() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    let seen = env.home().join("seen");
    let script = "kill -0 -$$ && group=own || group=ours\necho $group > \"$0.part\"\n/bin/mv \"$0.part\" ";
    let browser = env.script("browser", &format!("{script}'{}'\n", seen.display())).display().to_string();
    let words = ["login", "--sso-session", SESSION, "--flow", "authorization-code", "--browser-command", &browser];
    let mut running = env.spawn(words);
    UserAgent::new().open(&running.authorization_url()).unwrap();
    running.finish().ok();
    wait_until("the browser", || seen.exists());
    assert_eq!(std::fs::read_to_string(&seen).unwrap(), "own\n");
}

#[test]
#[cfg(unix)]
fn browser_command_substitutes_the_url() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    let seen = env.home().join("seen");
    let browser = env.script(
        "my browser",
        &format!("printf '%s\\n' \"$@\" > '{0}.part'\n/bin/mv '{0}.part' '{0}'\n", seen.display()),
    );
    let command = format!("'{}' -P work {{url}} --new", browser.display());
    let config = env.read(".aws/config") + &format!("sso_browser_command = {command}\n");
    for (config, option) in [(config.clone(), None), (env.read(".aws/config"), Some(&command))] {
        env.config(&config);
        let mut words = vec!["login", "--sso-session", SESSION, "--flow", "authorization-code", "--force"];
        words.extend(option.map(|command| ["--browser-command", command.as_str()]).into_iter().flatten());
        let mut running = env.spawn(words);
        let url = running.authorization_url();
        UserAgent::new().open(&url).unwrap();
        running.finish().ok();
        wait_until("the browser", || seen.exists());
        assert_eq!(std::fs::read_to_string(&seen).unwrap(), format!("-P\nwork\n{url}\n--new\n"));
        std::fs::remove_file(&seen).unwrap();
    }
}

#[test]
#[cfg(unix)]
fn blocking_noisy_or_failing_browsers_are_harmless() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let mut env = TestEnv::of(&center);
    // Ends with the test, or after longer than any test waits.
    let noisy = env.script(
        "noisy",
        "echo noise; echo noise >&2; n=0; while [ -e \"$0\" ] && [ $n -lt 1200 ]; do /bin/sleep 0.1; n=$((n+1)); done",
    );
    let failing = env.script("failing", "exit 3");
    for browser in [noisy, failing, "/no/such/browser".into()] {
        env.set("BROWSER", &browser);
        let mut running = env.spawn(LOGIN.iter().chain(&["--flow", "authorization-code", "--force"]));
        UserAgent::new().open(&running.authorization_url()).unwrap();
        let run = running.finish().ok();
        assert!(!run.stdout.contains("noise") && !run.stderr.contains("noise"), "{}", run.snapshot());
    }
}

/// The program that could not be started is named, and the URL is not repeated.
#[test]
#[cfg(target_os = "linux")]
fn a_browser_that_cannot_be_started_is_named() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let mut env = TestEnv::of(&center);
    env.script("xdg-open", "exit 3");
    for (browser, said) in [
        (None, "the browser could not be opened: no browser found; set BROWSER or use --browser-command"),
        (Some("/no/such/browser"), "the browser could not be opened: /no/such/browser: No such file or directory"),
    ] {
        if let Some(browser) = browser {
            env.set("BROWSER", browser);
        }
        let mut running = env.spawn(LOGIN.iter().chain(&["--flow", "authorization-code", "--force"]));
        UserAgent::new().open(&running.authorization_url()).unwrap();
        let run = running.finish().ok();
        assert!(run.stderr.contains(said) && !run.stderr.contains("/authorize?"), "{}", run.snapshot());
    }
}

#[test]
fn clock_skew_is_reported() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let reply = Reply::genuine().header("Date", "Tue, 01 Jan 2030 00:00:00 GMT");
    center.next(Endpoint::CreateToken, reply);
    center.approval(Approval::AtOnce);
    let run = env.run(LOGIN.iter().chain(&["--use-device-code"])).ok();
    assert!(
        run.stderr.contains("this machine's clock is ") && run.stderr.contains(" behind the service's"),
        "{}",
        run.snapshot()
    );
}

#[test]
fn token_does_not_wait_for_an_interactive_login() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut waiting = start(&env, &[]);
    waiting.authorization_url();
    env.run(["token", "--sso-session", SESSION]).expect(4);
    let issued = env.sign_in(&center, SESSION);
    let run = env.run(["token", "--sso-session", SESSION]).ok();
    assert_eq!(run.stdout.trim_end(), issued.access_token);
    assert!(waiting.is_running(), "{}", waiting.stderr());
}

#[test]
fn a_refused_scope_gets_a_hint() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.next(Endpoint::RegisterClient, Reply::fault("InvalidScopeException"));
    let run = env.run(LOGIN.iter().chain(&["--use-device-code"])).expect(254);
    for part in ["check sso_registration_scopes", "scopes `sso:account:access`"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.snapshot());
    }
}

#[test]
fn an_unusual_start_url_gets_a_hint() {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let url = center.start_url();
    for (end, said) in [("/", "/"), ("/#/", "#/")] {
        env.config(&format!("[sso-session {SESSION}]\nsso_start_url = {url}{end}\nsso_region = us-east-1\n"));
        center.next(Endpoint::StartDeviceAuthorization, Reply::fault("InvalidRequestException"));
        let run = env.run(LOGIN.iter().chain(&["--use-device-code"])).expect(254);
        let odd = format!("start URL `{url}{end}`, which ends in `{said}` from");
        assert!(run.stderr.contains(&odd), "{}", run.snapshot());
    }
}

#[test]
fn legacy_profiles_get_a_hint_about_refresh() {
    let center = IdentityCenter::start();
    center.approval(Approval::AtOnce);
    let env = TestEnv::of(&center);
    center.next(Endpoint::CreateToken, Reply::genuine().without("refreshToken"));
    let run = env.run(["login", "--profile", "legacy"]).ok();
    assert!(run.stderr.contains("use an [sso-session] with sso_registration_scopes"), "{}", run.snapshot());
}
