//! A redirect that the user's browser did not make: sent by another account of the machine, or by a page for an image.
//!
//! Another account can read state and code challenge from the browser's arguments. RFC 8252 section 8.3 does not cover
//! this. The tests run as root, which can act as another account; other runs skip them.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{LOGIN, start};
use crate::support::chromium::Chromium;
use crate::support::identity_center::Endpoint;
use crate::support::programs::or_skip;
use crate::support::{IdentityCenter, Running, TestEnv, UserAgent, wait_for};

/// An account that owns nothing.
const ACCOUNT: &str = "54321";
/// The account of a login that is not root's.
const USER: u32 = 54320;

/// Where the browser is redirected to with this code.
fn redirect(url: &str, code: &str) -> url::Url {
    let url = url::Url::parse(url).unwrap();
    let of = |name: &str| url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    let mut redirect = url::Url::parse(&of("redirect_uri")).unwrap();
    redirect.query_pairs_mut().append_pair("code", code).append_pair("state", &of("state"));
    redirect
}

fn is_root(test: &str) -> bool {
    let root = rustix::process::geteuid().is_root().then_some(());
    or_skip(root, test, "only root can act as another account").is_some()
}

/// Sends the redirect as an account, then runs `then` in the shell, where file 3 is the connection.
fn send_as(account: &str, redirect: &url::Url, then: &str) -> String {
    let (port, target) = (redirect.port().unwrap(), &redirect[url::Position::BeforePath..]);
    let script = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{port}
        printf 'GET %s HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\n\\r\\n' '{target}' >&3
        {then}"
    );
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--reuid", account, "--regid", account, "--clear-groups", "/bin/bash", "-c", &script]);
    let output = command.current_dir("/").stdin(Stdio::null()).output().expect("setpriv is part of util-linux");
    String::from_utf8(output.stdout).unwrap()
}

/// Approves in the user's browser, which still ends the login.
#[track_caller]
fn approve(running: Running, url: &str) -> String {
    let page = UserAgent::new().approve(url).unwrap();
    assert_eq!(page.title(), "You are signed in");
    running.finish().ok().stderr
}

#[test]
fn a_response_from_another_account_is_ignored() {
    if !is_root("a_response_from_another_account_is_ignored") {
        return;
    }
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    let url = running.authorization_url();
    let code = redirect(&url, "attacker");
    for _ in 0..2 {
        let answer = send_as(ACCOUNT, &code, "cat <&3");
        assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{answer}");
        assert!(answer.contains("a different user") && !answer.contains("attacker"), "{answer}");
    }
    let denial = redirect(&url, "x").as_str().replace("code=", "error=");
    assert!(send_as(ACCOUNT, &url::Url::parse(&denial).unwrap(), "cat <&3").starts_with("HTTP/1.1 403 "));
    let stderr = approve(running, &url);
    let ignored = format!("ignoring a response from another user of this machine (user {ACCOUNT})");
    assert_eq!(stderr.matches(&ignored).count(), 1, "{stderr}");
    assert!(stderr.contains("--use-device-code"), "says what to do if it was the user's browser: {stderr}");
}

/// The process is not dumpable, so `/proc` treats it differently from other processes of the account.
#[test]
fn an_account_that_is_not_root_recognises_its_own_browser() {
    if !is_root("an_account_that_is_not_root_recognises_its_own_browser") {
        return;
    }
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.expect_fault(Endpoint::CreateToken, "InvalidGrantException");
    let program = env.bin().join("sso-oidc");
    std::fs::copy(env!("CARGO_BIN_EXE_sso-oidc"), &program).unwrap();
    let own = |path: &Path| std::os::unix::fs::chown(path, Some(USER), Some(USER)).unwrap();
    let config = env.home().join(".aws/config");
    config.ancestors().take(4).chain([env.work().as_path(), &env.bin()]).for_each(own);
    let user = USER.to_string();
    let as_user = ["--reuid", &user, "--regid", &user, "--clear-groups", program.to_str().unwrap()];
    let login = LOGIN.iter().chain(&["--flow", "authorization-code", "--no-browser"]);
    let mut running = env.program(Path::new("/usr/bin/setpriv"), as_user.iter().chain(login)).spawn();
    let url = running.authorization_url();
    assert!(send_as(ACCOUNT, &redirect(&url, "attacker"), "cat <&3").starts_with("HTTP/1.1 403 "));
    assert!(send_as(&user, &redirect(&url, "x"), "cat <&3").starts_with("HTTP/1.1 200 "));
    let run = running.finish().expect(254);
    assert!(run.stderr.contains("The code does not exist"), "{}", run.snapshot());
}

/// The kernel no longer knows the owner of a connection that its sender has closed, and reports root.
#[test]
fn a_response_from_another_account_that_does_not_wait_is_ignored() {
    if !is_root("a_response_from_another_account_that_does_not_wait_is_ignored") {
        return;
    }
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    let url = running.authorization_url();
    running.signal("STOP");
    send_as(ACCOUNT, &redirect(&url, "attacker"), "exec 3>&-");
    running.signal("CONT");
    approve(running, &url);
}

#[test]
fn a_request_for_an_image_does_not_end_the_login() {
    let browser =
        or_skip(Chromium::start(), "a_request_for_an_image_does_not_end_the_login", "Chromium is not installed");
    let Some(mut browser) = browser else { return };
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut running = start(&env, &[]);
    let url = running.authorization_url();
    browser.open(&url);
    browser.wait_for("the consent page", |view| view.title == "Allow access?");
    let image = redirect(&url, "attacker");
    browser.evaluate(&format!(
        "ended = []; image = new Image(); image.onerror = e => ended.push(e.type); image.src = '{image}'"
    ));
    wait_for("the answer to the image", || browser.evaluate("ended.length").as_u64().filter(|ended| *ended > 0));
    assert!(running.is_running(), "{}", running.stderr());
    browser.click("button[value=approve]");
    browser.wait_for("our page", |view| view.title == "You are signed in");
    running.finish().ok();
}
