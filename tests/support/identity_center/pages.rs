//! The pages that a user sees at the Identity Center: consent, device confirmation, results.
//!
//! Small and without scripts; every page has its text in the title too, so that a test can tell where it landed. Forms
//! carry `decision` = `approve` or `deny`.

use super::http::HttpAnswer;
use super::state::{Client, Settings};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:28rem;padding:0 1rem;color:#16191f}\
h1{font-size:1.4rem}dt{color:#5f6b7a;font-size:.85rem}dd{margin:0 0 .7rem}code{font-size:1.6rem;letter-spacing:.1em}\
button,input{font:inherit;padding:.4rem 1.2rem;margin:.6rem .6rem 0 0;border:1px solid #16191f;border-radius:.3rem}\
button[value=approve]{background:#0b5cad;border-color:#0b5cad;color:#fff}";

/// The consent page of the authorization code flow.
pub(super) fn consent(id: &str, client: &Client, scopes: &[String], settings: &Settings) -> HttpAnswer {
    let body = format!(
        "<p>A program on this machine asks to act for you.</p>{}\
         <form method=\"post\" action=\"/authorize\"><input type=\"hidden\" name=\"request\" value=\"{}\">{BUTTONS}</form>",
        facts(client, scopes, settings),
        escape(id),
    );
    page("Allow access?", &body)
}

/// The confirmation page of the device flow.
pub(super) fn device(user_code: &str, client: &Client, settings: &Settings) -> HttpAnswer {
    let code = escape(user_code);
    let body = format!(
        "<p>Go on only if a program of yours shows exactly this code:</p><p><code>{code}</code></p>{}\
         <form method=\"post\" action=\"/device\"><input type=\"hidden\" name=\"user_code\" value=\"{code}\">{BUTTONS}</form>",
        facts(client, &client.scopes, settings),
    );
    page("Confirm the code", &body)
}

/// The page where the user code is typed.
pub(super) fn user_code() -> HttpAnswer {
    page(
        "Enter the code",
        "<form method=\"get\" action=\"/device\"><label>Code shown by the program: \
         <input name=\"user_code\" autocomplete=\"off\" autofocus></label><button>Continue</button></form>",
    )
}

/// The page of the access portal, which names its region.
pub(super) fn portal(region: &str) -> HttpAnswer {
    let html = format!("<!doctype html><html><head><meta name=\"region\" content=\"{region}\"/></head></html>");
    HttpAnswer::new(200, "text/html; charset=utf-8", html)
}

/// A page with nothing to decide.
pub(super) fn message(title: &str, words: &str) -> HttpAnswer {
    page(title, &format!("<p>{}</p>", escape(words)))
}

const BUTTONS: &str = "<button name=\"decision\" value=\"approve\">Approve</button>\
<button name=\"decision\" value=\"deny\">Deny</button>";

fn facts(client: &Client, scopes: &[String], settings: &Settings) -> String {
    format!(
        "<dl><dt>Program</dt><dd>{}</dd><dt>Scopes</dt><dd>{}</dd><dt>Start URL</dt><dd>{}</dd></dl>",
        escape(&client.name),
        escape(&scopes.join(", ")),
        escape(&settings.start_url),
    )
}

fn page(title: &str, body: &str) -> HttpAnswer {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\">\
         <title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{body}\
         <p><small>Local Identity Center, for trying and testing</small></p></body></html>\n"
    );
    let mut answer = HttpAnswer::new(200, "text/html; charset=utf-8", html);
    answer.set_header("Cache-Control", "no-store");
    answer.set_header("Referrer-Policy", "no-referrer");
    answer
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
