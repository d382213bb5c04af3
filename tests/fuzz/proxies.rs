//! Valid and invalid proxy URLs with user and password: the password never appears in a message.
//!
//! A password with characters that should be escaped (`/`, `?`, `#`, `@`) makes the URL invalid or a different one, but is
//! still redacted.

use url::Url;

use super::Proxies;
use crate::fuzzing::{Case, Rng, Verdict, hold};

const PIECES: [&str; 14] = ["/", "?", "#", "@", ":", "%40", "%", " ", "\\", "[", "é", "a", "canary", "//"];

#[test]
fn proxy_passwords_are_redacted() {
    let author = |rng: &mut Rng| {
        let mut piece = |most: usize| (0..rng.below(most)).map(|_| rng.pick(&PIECES)).collect::<String>();
        let password = format!("{}canary{}", piece(4), piece(4));
        let user = rng.pick(&["user", "", "u%40v", "domain\\user"]).to_owned();
        let host = rng.pick(&["proxy:8080", "proxy", "", ":1", "[::1]:1", "10.0.0.1:3128/", "proxy:x"]).to_owned();
        let scheme = rng.pick(&["http://", "https://", "", "//", "http:"]).to_owned();
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
        let said = format!("{said:?}");
        if said.contains("canary") { Err(said) } else { Ok(passed) }
    };
    hold("proxies", 2_000, author, check).is_mixed();
}
