//! Proxies from the environment, chosen as Python's urllib and botocore choose them.
//!
//! `https_proxy`/`HTTPS_PROXY`, `http_proxy`/`HTTP_PROXY` and `no_proxy`/`NO_PROXY`; the lower-case name wins, `ALL_PROXY`
//! is not used. A request with a cached token never uses a proxy to reach this machine. `NO_PROXY` is a comma-separated list
//! of host names that cover their subdomains; `*` alone covers all. User and password of a proxy's URL never appear in
//! messages.

use url::Url;

use crate::endpoint;

/// The proxy of one request.
pub(super) struct Proxy {
    /// Its URL, with user and password.
    pub(super) url: Url,
    /// Its URL for messages, with user and password masked.
    pub(super) shown: String,
    /// The variable that names it.
    variable: String,
    /// The host and port that it is asked to connect to (RFC 9110 section 9.3.6).
    pub(super) target: String,
}

/// reqwest's message for a refused CONNECT whose status is not 407.
pub(super) const REFUSED: &str = "tunnel error: unsuccessful";

impl Proxy {
    /// What the user can do about a failed connection. reqwest reports no status but 407.
    pub(super) fn hint(&self, detail: &str) -> String {
        let Self { variable, target, .. } = self;
        match detail.strip_prefix("tunnel error: ") {
            Some("proxy authorization required") => self.refusal_hint(407),
            Some(_) if detail == REFUSED => format!(
                "the proxy ({variable}) refused CONNECT {target}: it does not allow this host, or cannot reach it; \
                 curl -v https://{target} shows its answer"
            ),
            Some(why) => format!(
                "no answer from the proxy to CONNECT {target} ({why}); check that {variable} names an HTTP proxy"
            ),
            None => format!("no connection to {target} through the proxy ({detail}); check {variable} and NO_PROXY"),
        }
    }

    /// What the user can do about a CONNECT that the proxy refuses with this status.
    pub(super) fn refusal_hint(&self, status: u16) -> String {
        let Self { variable, target, .. } = self;
        let why = match status {
            407 if self.url.username().is_empty() => {
                format!("it requires a user and password; set {variable} to http://USER:PASSWORD@HOST:PORT")
            }
            407 => format!("it does not accept the user and password in {variable}"),
            _ => format!("it does not allow this host, or cannot reach it; check {variable} and NO_PROXY"),
        };
        format!("the proxy answered {status} to CONNECT {target}: {why}")
    }
}

/// A variable that names a proxy, and its value.
type Setting = (String, String);

/// The proxy settings of one run.
#[derive(Clone, Default)]
pub struct Proxies {
    http: Option<Setting>,
    https: Option<Setting>,
    no_proxy: String,
    direct_to_loopback: bool,
}

impl Proxies {
    /// Reads the variables through `env`.
    pub fn from_env(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let setting = |scheme: &str| {
            let lower = format!("{scheme}_proxy");
            // A lower-case variable disables the upper-case one even if it is empty. With REQUEST_METHOD set, HTTP_PROXY
            // may be a "Proxy:" header of a CGI request.
            let is_lower = env(&lower).is_some() || scheme == "http" && env("REQUEST_METHOD").is_some();
            let name = if is_lower { lower } else { lower.to_ascii_uppercase() };
            env(&name).filter(|value| !value.is_empty()).map(|value| (name, value))
        };
        let no_proxy = setting("no").map(|(_, hosts)| hosts).unwrap_or_default();
        Self { http: setting("http"), https: setting("https"), no_proxy, direct_to_loopback: false }
    }

    /// The same, but requests to this machine use no proxy, which would otherwise read the tokens in them.
    pub fn direct_to_loopback(self) -> Self {
        Self { direct_to_loopback: true, ..self }
    }

    /// The proxy for a URL; `None` connects directly. The error says why a proxy cannot be used, without its password.
    pub(super) fn for_url(&self, url: &Url) -> Result<Option<Proxy>, String> {
        let setting = if url.scheme() == "https" { &self.https } else { &self.http };
        let Some((variable, value)) = setting.as_ref().filter(|_| !self.bypassed(url)) else { return Ok(None) };
        let scheme = value.split_once("://").map_or("", |(scheme, _)| scheme);
        let text = if value.starts_with("http:") || value.starts_with("https:") {
            value.to_owned()
        } else if !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let shown = masked(value);
            let is_socks = scheme.to_ascii_lowercase().starts_with("socks");
            let what = if is_socks { "names a SOCKS proxy" } else { "has an unknown scheme" };
            return Err(format!("{variable} {what} ({shown}), which is not supported; use an http or https proxy"));
        } else if value.starts_with("//") {
            format!("http:{value}")
        } else {
            format!("http://{value}")
        };
        let shown = masked(&text);
        match Url::parse(&text) {
            Ok(proxy) if proxy.has_host() => {
                let port = url.port_or_known_default().unwrap_or_default();
                let target = format!("{}:{port}", url.host_str().unwrap_or_default());
                Ok(Some(Proxy { url: proxy, shown, variable: variable.clone(), target }))
            }
            _ => Err(format!("{variable} is not a URL ({shown})")),
        }
    }

    /// The rule in reqwest's form, if a proxy is set: reqwest parses each request's URL again for a rule. An unusable
    /// proxy is reported before the request is sent.
    pub(super) fn to_reqwest(&self) -> Option<reqwest::Proxy> {
        self.http.as_ref().or(self.https.as_ref())?;
        let proxies = self.clone();
        Some(reqwest::Proxy::custom(move |url| proxies.for_url(url).ok().flatten().map(|proxy| proxy.url)))
    }

    fn bypassed(&self, url: &Url) -> bool {
        if self.no_proxy == "*" || self.direct_to_loopback && endpoint::is_loopback(url.as_str()) {
            return true;
        }
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let host_port = url.port().map_or(host.clone(), |port| format!("{host}:{port}"));
        self.no_proxy.split(',').map(|name| name.trim().trim_start_matches('.').to_ascii_lowercase()).any(|name| {
            let suffix = format!(".{name}");
            !name.is_empty()
                && (host == name || host_port == name || host.ends_with(&suffix) || host_port.ends_with(&suffix))
        })
    }
}

/// A proxy's URL as the AWS CLI shows it: user and password each as `***`. They end at the last `@`, because a
/// password may contain an unescaped `/`, `?` or `#`.
pub(super) fn masked(proxy: &str) -> String {
    with_user(proxy, proxy.len(), |user| if user.contains(':') { "***:***@".to_owned() } else { "***@".to_owned() })
}

/// A URL without user and password, which end at the last `@` before the path.
pub(super) fn without_user(url: &str) -> String {
    let start = after_scheme(url);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    with_user(url, end, |_| String::new())
}

/// Replaces the user-info of a URL, which ends at the last `@` before `end`.
fn with_user(url: &str, end: usize, replacement: impl Fn(&str) -> String) -> String {
    let start = after_scheme(url);
    match url[start..end].rfind('@') {
        None => url.to_owned(),
        Some(at) => {
            let (user, rest) = (&url[start..start + at], &url[start + at + 1..]);
            format!("{}{}{rest}", &url[..start], replacement(user))
        }
    }
}

/// Where a URL goes on after `scheme://` or `//`; 0 for one without, whose password may have slashes.
fn after_scheme(url: &str) -> usize {
    let is_scheme = |scheme: &str| {
        scheme.is_empty()
            || scheme.strip_suffix(':').is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    url.find("//").filter(|at| is_scheme(&url[..*at])).map_or(0, |at| at + 2)
}

#[cfg(test)]
#[path = "../../tests/fuzz/proxies.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Proxies, masked, without_user};

    fn proxies(vars: &[(&str, &str)]) -> Proxies {
        Proxies::from_env(&|name| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    fn proxy_of(vars: &[(&str, &str)], url: &str) -> Option<String> {
        proxies(vars).for_url(&Url::parse(url).unwrap()).ok().flatten().map(|proxy| proxy.url.as_str().to_owned())
    }

    #[test]
    fn the_variable_is_that_of_the_urls_scheme_and_lower_case_wins() {
        let both = [("http_proxy", "low:1"), ("HTTP_PROXY", "http://up:1"), ("HTTPS_PROXY", "https://tls:1")];
        assert_eq!(proxy_of(&both, "http://h/"), Some("http://low:1/".to_owned()));
        assert_eq!(proxy_of(&both, "https://h/"), Some("https://tls:1/".to_owned()));
        assert_eq!(proxy_of(&[("http_proxy", ""), ("HTTP_PROXY", "http://up:1")], "http://h/"), None);
        assert_eq!(proxy_of(&[("ALL_PROXY", "http://all:1")], "http://h/"), None);
        assert_eq!(proxy_of(&[("HTTP_PROXY", "http://up:1"), ("REQUEST_METHOD", "GET")], "http://h/"), None);
        assert_eq!(proxy_of(&[("HTTP_PROXY", "//up:1")], "http://h/"), Some("http://up:1/".to_owned()));
    }

    #[test]
    fn no_proxy_covers_hosts_and_their_subdomains() {
        // Each line was compared with urllib.request.proxy_bypass_environment of Python 3.11.
        for (no_proxy, url, direct) in [
            ("*", "http://127.0.0.1:1/", true),
            ("*,x", "http://h/", false),
            ("127.0.0.1", "http://127.0.0.1:8080/", true),
            ("127.0.0.1:8080", "http://127.0.0.1:8080/", true),
            ("127.0.0.1:80", "http://127.0.0.1:8080/", false),
            ("127.0.0.0/8", "http://127.0.0.1/", false),
            ("amazonaws.com", "http://oidc.us-east-1.amazonaws.com/", true),
            (".amazonaws.com", "http://oidc.us-east-1.amazonaws.com/", true),
            (".amazonaws.com", "http://amazonaws.com/", true),
            ("amazonaws.com", "http://xamazonaws.com/", false),
            ("a, AmazonAWS.com", "http://amazonaws.com/", true),
            ("a amazonaws.com", "http://amazonaws.com/", false),
            ("", "http://h/", false),
            (",", "http://h/", false),
        ] {
            let vars = [("HTTP_PROXY", "http://p:1"), ("NO_PROXY", no_proxy)];
            assert_eq!(proxy_of(&vars, url).is_none(), direct, "NO_PROXY={no_proxy} {url}");
        }
    }

    #[test]
    fn this_machine_can_be_reached_without_a_proxy() {
        let chosen = proxies(&[("HTTP_PROXY", "http://p:1"), ("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", "x")]);
        for (url, is_loopback) in [
            ("http://127.0.0.1:8080/token", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]/", true),
            ("https://localhost/", true),
            ("http://a.localhost/", true),
            ("http://localhost.example.com/", false),
            ("http://10.0.0.1/", false),
        ] {
            let url = Url::parse(url).unwrap();
            assert!(chosen.for_url(&url).unwrap().is_some(), "{url}");
            let direct = chosen.clone().direct_to_loopback();
            assert_eq!(direct.for_url(&url).unwrap().is_none(), is_loopback, "{url}");
        }
    }

    #[test]
    fn user_and_password_are_masked() {
        assert_eq!(masked("http://user:p%40ss@proxy:1"), "http://***:***@proxy:1");
        assert_eq!(masked("http://user@proxy:1/"), "http://***@proxy:1/");
        assert_eq!(masked("http://proxy:1/a"), "http://proxy:1/a");
        for setting in ["http://user:p/ss@proxy:1", "http://user:p?s#s@proxy:1", "http://user:/p//ss@proxy:1"] {
            assert_eq!(masked(setting), "http://***:***@proxy:1");
        }
        assert_eq!(masked("user:p//ss@proxy:1"), "***:***@proxy:1");
        assert_eq!(without_user("http://h/a@b?c@d"), "http://h/a@b?c@d");
        assert_eq!(without_user("http://user:p@ss@h/x"), "http://h/x");
    }

    #[test]
    fn a_proxy_that_is_no_url_is_an_error_without_its_password() {
        let proxies = proxies(&[("HTTP_PROXY", "http://user:canary@")]);
        let error = proxies.for_url(&Url::parse("http://h/").unwrap()).err();
        assert_eq!(error.as_deref(), Some("HTTP_PROXY is not a URL (http://***:***@)"));
    }

    #[test]
    fn an_unsupported_scheme_is_an_error_that_names_the_variable() {
        for (variable, setting, problem) in [
            ("https_proxy", "socks5://user:canary@p:1", "https_proxy names a SOCKS proxy (socks5://***:***@p:1)"),
            ("HTTPS_PROXY", "socks5h://p:1", "HTTPS_PROXY names a SOCKS proxy (socks5h://p:1)"),
            ("HTTP_PROXY", "SOCKS4://p", "HTTP_PROXY names a SOCKS proxy (SOCKS4://p)"),
            ("HTTP_PROXY", "ftp://p:1", "HTTP_PROXY has an unknown scheme (ftp://p:1)"),
        ] {
            let url = if variable.eq_ignore_ascii_case("HTTP_PROXY") { "http://h/" } else { "https://h/" };
            assert_eq!(
                proxies(&[(variable, setting)]).for_url(&Url::parse(url).unwrap()).err(),
                Some(format!("{problem}, which is not supported; use an http or https proxy"))
            );
        }
    }
}
