//! The callback page in a real browser.
//!
//! Headless Chromium approves and denies on the Identity Center's page and lands on ours. Screenshots are kept in
//! `target/browser`.

use crate::support::chromium::Chromium;
use crate::support::environment::SESSION;
use crate::support::programs::{or_skip, target};
use crate::support::{IdentityCenter, Running, TestEnv, UserAgent};

fn chromium(test: &str) -> Option<Chromium> {
    or_skip(Chromium::start(), test, "Chromium is not installed")
}

fn login(env: &TestEnv) -> Running {
    env.spawn(["login", "--sso-session", SESSION, "--no-browser", "--flow", "authorization-code"])
}

#[test]
fn approval_lands_on_the_success_page() {
    let Some(mut browser) = chromium("approval_lands_on_the_success_page") else { return };
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut login = login(&env);
    browser.open(&login.authorization_url());
    browser.wait_for("the consent page", |view| view.title == "Allow access?");
    browser.click("button[value=approve]");
    let view = browser.wait_for("our page", |view| view.url.contains("/oauth/callback?"));
    login.finish().ok();
    browser.screenshot(&target().join("browser/signed-in.png"));
    assert_eq!(view.title, "You are signed in");
    assert!(view.text.starts_with("You are signed in"), "{view:?}");
    assert!(view.text.contains(&center.start_url()), "{view:?}");
    assert!(view.text.contains("You can close this window"), "{view:?}");
    assert_is_drawn(&mut browser);
    assert!(center.accepts(env.token(SESSION)["accessToken"].as_str().unwrap()));
}

#[test]
fn denial_lands_on_the_denied_page() {
    let Some(mut browser) = chromium("denial_lands_on_the_denied_page") else { return };
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut login = login(&env);
    browser.open(&login.authorization_url());
    browser.wait_for("the consent page", |view| view.title == "Allow access?");
    browser.click("button[value=deny]");
    let view = browser.wait_for("our page", |view| view.url.contains("/oauth/callback?"));
    let run = login.finish().expect(255);
    browser.screenshot(&target().join("browser/denied.png"));
    assert_eq!(view.title, "You are not signed in");
    assert!(view.text.contains("denied"), "{view:?}");
    assert!(view.text.contains("You can close this window"), "{view:?}");
    assert_is_drawn(&mut browser);
    assert!(run.stderr.contains("denied"), "{}", run.snapshot());
    assert!(env.files(".aws/sso").iter().all(|path| *path != TestEnv::token_path(SESSION)));
}

#[test]
fn a_stray_request_does_not_end_the_login() {
    let Some(mut browser) = chromium("a_stray_request_does_not_end_the_login") else { return };
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    let mut login = login(&env);
    let url = login.authorization_url();
    let redirect =
        url::Url::parse(&url).unwrap().query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    browser.open(&format!("{redirect}?code=stolen&state=guessed"));
    let view = browser.wait_for("our page", |view| view.url.starts_with(&redirect));
    assert_eq!(view.title, "Not a sign-in response");
    UserAgent::new().approve(&url).unwrap();
    login.finish().ok();
}

/// The style was applied and nothing was blocked: the page's security policy allows what the page needs.
fn assert_is_drawn(browser: &mut Chromium) {
    let drawn = browser.evaluate(
        "(style => [style.borderTopWidth, style.borderTopStyle])(getComputedStyle(document.querySelector('main')))",
    );
    assert_eq!(drawn, serde_json::json!(["4px", "solid"]), "{:?}", browser.complaints());
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
}
