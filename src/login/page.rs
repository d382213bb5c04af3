//! The page in the browser after the redirect: whether the login worked, and that the window can be closed.
//!
//! The page is self-contained: it loads no script, font or picture, and suits light and dark. The service's text is
//! escaped; nothing else of the request is ever repeated.

use super::callback::Refusal;
use super::error::ACCESS_DENIED;
use crate::error::Error;
use crate::text;

/// What the page shows.
pub(super) struct Page {
    /// `done` or `failed`, for the color.
    class: &'static str,
    title: &'static str,
    /// The first one stands out.
    paragraphs: Vec<String>,
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
    h1+p{color:var(--text)}\
    footer{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--soft)}";

const NOT_SIGNED_IN: &str = "You are not signed in";

impl Page {
    /// The whole response for this page, head and body.
    pub(super) fn response(&self, status: &str) -> Vec<u8> {
        let body = self.html();
        format!("HTTP/1.1 {status}\r\n{HEADERS}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    /// The token is stored.
    pub(super) fn signed_in(start_url: &str) -> Self {
        let advice = "You can close this window and return to your terminal.";
        Self { class: "done", ..Self::new("You are signed in", [start_url, advice]) }
    }

    /// The login failed.
    pub(super) fn failed(error: &Error) -> Self {
        let advice = "You can close this window. Your terminal shows what to do next.";
        Self::new(NOT_SIGNED_IN, [Some(&*error.to_string()), error.advice(), Some(advice)].into_iter().flatten())
    }

    /// The user or the service denied the login.
    pub(super) fn denied(error: &str, description: Option<&str>) -> Self {
        let what = if error == ACCESS_DENIED { "The request was denied" } else { "The service ended the login" };
        let advice = "You can close this window. To try again, run the login again in your terminal.";
        let what = format!("{what} ({error}).");
        Self::new(NOT_SIGNED_IN, [Some(&*what), description, Some(advice)].into_iter().flatten())
    }

    /// The service no longer knows the client, so the login starts again with a new one.
    pub(super) fn approve_again() -> Self {
        let what = "The service no longer accepts the registration of sso-oidc, so the login starts over.";
        let advice = "You can close this window. Approve the login on the page that opens next, or open the new URL shown in your terminal.";
        Self::new("Approve again", [what, advice])
    }

    /// A request that is not the redirect.
    pub(super) fn refused(why: Refusal) -> Self {
        if let Refusal::Account(_) = why {
            let what = "This browser runs as a different user than the login, so its response is ignored.";
            let advice = "If you started the login, paste the URL of this page into its terminal.";
            return Self::new(NOT_SIGNED_IN, [what, advice]);
        }
        let what =
            "This port is waiting for a sign-in response, and this request is not one. You can close this window.";
        Self::new("Not a sign-in response", [what])
    }

    fn new<'a>(title: &'static str, paragraphs: impl IntoIterator<Item = &'a str>) -> Self {
        Self { class: "failed", title, paragraphs: paragraphs.into_iter().map(str::to_owned).collect() }
    }

    fn html(&self) -> String {
        let Self { class, title, paragraphs } = self;
        let paragraphs = paragraphs.iter().map(|text| format!("<p>{}</p>", escape(text))).collect::<Vec<_>>().concat();
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\">\
             <style>{STYLE}</style></head><body class=\"{class}\"><main><h1>{title}</h1>{paragraphs}\
             <footer>sso-oidc · AWS IAM Identity Center</footer></main></body></html>\n"
        )
    }
}

/// Text as HTML text, without control and other invisible characters.
fn escape(text: &str) -> String {
    let text = text::for_terminal(text).replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::{Page, Refusal};

    #[test]
    fn the_services_text_cannot_become_markup() {
        let page = Page::denied("<b>", Some("\"><script>alert('1')</script>&amp;"));
        let html = page.html();
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;"), "{html}");
    }

    #[test]
    fn the_length_is_that_of_the_body() {
        let response = String::from_utf8(Page::signed_in("https://é.awsapps.com").response("200 OK")).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
    }

    #[test]
    fn no_page_loads_anything() {
        for page in [Page::refused(Refusal::Path), Page::signed_in("x"), Page::denied("x", None)] {
            let html = page.html();
            for outside in ["http:", "https:", "src=", "url(", "@import", "<script"] {
                assert!(!html.contains(outside), "{outside}");
            }
        }
    }
}
