//! The page in the browser after the redirect: whether the login worked, and that the window can be closed.
//!
//! The page is self-contained: it loads no script, font or picture, and suits light and dark. The service's text is escaped;
//! nothing else of the request is ever repeated.

use crate::error::Error;
use crate::text;

/// What the page shows.
#[derive(Debug, Clone)]
pub(super) enum Page {
    /// The token is stored.
    SignedIn {
        /// Which start URL.
        start_url: String,
    },
    /// The login ended without a token.
    Failed {
        /// One sentence.
        what: String,
        /// More about it: the service's own words, or what to do.
        words: Option<String>,
    },
    /// A request that is not the redirect.
    Stray,
}

/// No script, no framing, no sniffing, no caching, no address handed on.
const HEADERS: &str = "Content-Type: text/html; charset=utf-8\r\n\
    Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
    X-Frame-Options: DENY\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Referrer-Policy: no-referrer\r\n\
    Cross-Origin-Opener-Policy: same-origin\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Cache-Control: no-store\r\n\
    Connection: close\r\n";

const STYLE: &str = ":root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#16191f;--soft:#5a6472;--line:#d9dee5;--mark:#1a7f45}\
    @media(prefers-color-scheme:dark){:root{--back:#12161c;--card:#1b212a;--text:#e8ecf1;--soft:#9aa5b4;--line:#313a47;--mark:#4cc27f}}\
    .failed{--mark:#c0392b}@media(prefers-color-scheme:dark){.failed{--mark:#ff7b6b}}\
    *{box-sizing:border-box}\
    body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--back);color:var(--text);\
    font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\
    main{width:100%;max-width:30rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-top:4px solid var(--mark);border-radius:.5rem}\
    h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}\
    p{margin:.5rem 0 0;color:var(--soft);overflow-wrap:anywhere}\
    p.words{color:var(--text)}\
    footer{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--soft)}";

impl Page {
    /// The whole response for this page, head and body.
    pub(super) fn response(&self, status: &str) -> Vec<u8> {
        let body = self.html();
        format!("HTTP/1.1 {status}\r\n{HEADERS}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    /// The page of a login whose token was stored, or was not.
    pub(super) fn of_outcome(error: Option<&Error>, start_url: &str) -> Self {
        error.map_or_else(|| Self::SignedIn { start_url: start_url.to_owned() }, Self::failed)
    }

    /// The page of a login that failed.
    pub(super) fn failed(error: &Error) -> Self {
        let words = error.advice().map(text::for_terminal);
        Self::Failed { what: text::for_terminal(&error.to_string()), words }
    }

    /// The page of a login that the user or the service denied.
    pub(super) fn denied(error: &str, description: Option<&str>) -> Self {
        let what = if error == "access_denied" { "The request was denied" } else { "The service ended the login" };
        let what = text::for_terminal(&format!("{what} ({error})."));
        Self::Failed { what, words: description.map(text::for_terminal) }
    }

    fn html(&self) -> String {
        let (class, title, paragraphs) = match self {
            Self::SignedIn { start_url } => (
                "done",
                "You are signed in",
                format!(
                    "<p class=\"words\">{}</p><p>You can close this window and return to your terminal.</p>",
                    escape(start_url)
                ),
            ),
            Self::Failed { what, words } => {
                let words = words.as_deref().map(|words| format!("<p>{}</p>", escape(words))).unwrap_or_default();
                let what = escape(what);
                (
                    "failed",
                    "You are not signed in",
                    format!(
                        "<p class=\"words\">{what}</p>{words}<p>You can close this window. Your terminal shows what to do next.</p>"
                    ),
                )
            }
            Self::Stray => (
                "failed",
                "Not a sign-in response",
                "<p>This port is waiting for a sign-in response, and this request is not one. You can close this window.</p>"
                    .to_owned(),
            ),
        };
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\">\
             <style>{STYLE}</style></head><body class=\"{class}\"><main><h1>{title}</h1>{paragraphs}\
             <footer>sso-oidc · AWS IAM Identity Center</footer></main></body></html>\n"
        )
    }
}

/// Text as HTML text; control and other invisible characters have been dropped before.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn the_services_words_cannot_become_markup() {
        let page = Page::Failed { what: "<b>".into(), words: Some("\"><script>alert('1')</script>&amp;".into()) };
        let html = page.html();
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;"), "{html}");
    }

    #[test]
    fn the_length_is_that_of_the_body() {
        let response =
            String::from_utf8(Page::SignedIn { start_url: "https://é.awsapps.com".into() }.response("200 OK")).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
    }

    #[test]
    fn no_page_loads_anything() {
        for page in
            [Page::Stray, Page::SignedIn { start_url: "x".into() }, Page::Failed { what: "x".into(), words: None }]
        {
            let html = page.html();
            for outside in ["http:", "https:", "src=", "url(", "@import", "<script"] {
                assert!(!html.contains(outside), "{outside}");
            }
        }
    }
}
