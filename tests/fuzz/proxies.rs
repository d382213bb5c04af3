//! Proxies with user and password, right and wrong: whatever is said of one, the password is not in it.
//!
//! A password that ought to be escaped and is not (`/`, `?`, `#`, `@`) makes another URL of it, or none; it stays a secret.

use url::Url;

use super::Proxies;
use crate::fuzzing::{Case, Dice, Verdict, hold};

const PIECES: [&str; 14] = ["/", "?", "#", "@", ":", "%40", "%", " ", "\\", "[", "é", "a", "canary", "//"];

#[test]
fn a_proxys_password_is_never_shown() {
    let author = |dice: &mut Dice| {
        let mut piece = |most: usize| (0..dice.roll(most)).map(|_| dice.pick(&PIECES)).collect::<String>();
        let password = format!("{}canary{}", piece(4), piece(4));
        let user = dice.pick(&["user", "", "u%40v", "domain\\user"]).to_owned();
        let host = dice.pick(&["proxy:8080", "proxy", "", ":1", "[::1]:1", "10.0.0.1:3128/", "proxy:x"]).to_owned();
        let scheme = dice.pick(&["http://", "https://", "", "//", "http:"]).to_owned();
        vec![scheme, user, password, host]
    };
    let check = |case: &Case| -> Verdict {
        let [scheme, user, password, host] = &case[..] else { return Ok(false) };
        let setting = format!("{scheme}{user}:{password}@{host}");
        let proxies = Proxies::from_env(&|name| (name == "HTTP_PROXY").then(|| setting.clone()));
        let (passed, said) = match proxies.for_url(&Url::parse("http://h/").map_err(|error| error.to_string())?) {
            Ok(proxy) => (true, proxy.map(|proxy| proxy.shown)),
            Err(shown) => (false, Some(shown)),
        };
        let said = format!("{said:?} {proxies:?}");
        if said.contains("canary") { Err(said) } else { Ok(passed) }
    };
    hold("proxies", 2_000, author, check).is_mixed();
}
