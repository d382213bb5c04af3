//! The picture at the top of the README: a login on a terminal, drawn from a real run against the local Identity
//! Center.
//!
//! Values that change from run to run are replaced by examples of the same length, and the service's address by AWS's.
//! `UPDATE_SNAPSHOTS=1` draws it again.

use std::fmt::Write as _;

use crate::support::screen::{Cell, Screen};
use crate::support::terminal::COLUMNS;
use crate::support::{IdentityCenter, TestEnv, UserAgent, assert_text_snapshot};

/// Of the picture, in pixels.
const CHARACTER: f64 = 7.2;
const LINE: f64 = 19.0;
const MARGIN: f64 = 16.0;
const BAR: f64 = 34.0;

/// Members of the URL that differ from run to run, with examples: AWS's client, RFC 7636's challenge.
const EXAMPLES: [(&str, &str); 3] = [
    ("client_id", "_yzkThXVzLWVhc3QtMQEXAMPLECLIENTID"),
    ("state", "Kx4dXJv0rTnS2mQ8hYb1Zw"),
    ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
];

/// The example of a time.
const TIME: &str = "17:04";

const CONFIG: &str = "\
[profile dev]
sso_session = my-company
sso_account_id = 111122223333
sso_role_name = Developer

[sso-session my-company]
sso_start_url = https://my-company.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

/// The same text with example values in place of those that differ between runs.
fn exemplary(written: &str, center: &IdentityCenter, url: Option<&str>) -> String {
    let mut text = written.to_owned();
    if let Some(url) = url {
        let parsed = url::Url::parse(url).unwrap();
        let value = |name: &str| parsed.query_pairs().find(|(member, _)| member == name).unwrap().1.into_owned();
        for (name, example) in EXAMPLES {
            text = text.replace(&format!("&{name}={}", value(name)), &format!("&{name}={example}"));
        }
        let port = url::Url::parse(&value("redirect_uri")).unwrap().port().unwrap();
        text = text.replace(&format!("127.0.0.1%3A{port}"), "127.0.0.1%3A53682");
    }
    if let Some((time, _)) = text.split_once(" until ").and_then(|(_, after)| after.split_once(" (")) {
        text = text.replace(&time.to_owned(), TIME);
    }
    text.replace(&center.url(), &format!("https://oidc.{}.amazonaws.com", center.region()))
}

#[test]
fn login_picture_is_up_to_date() {
    let center = IdentityCenter::start();
    center.serve("https://my-company.awsapps.com/start");
    let mut env = TestEnv::of(&center);
    env.record_browser().config(CONFIG);
    let mut screen = Screen::new(COLUMNS.into());
    for words in ["login --sso-session my-company", "status", "login --sso-session my-company"] {
        let before = env.opened().len();
        let mut terminal = env.on_terminal(&words.split(' ').collect::<Vec<_>>());
        let asks = center.requests().is_empty();
        let url = asks.then(|| terminal.word("/authorize?"));
        if let Some(url) = &url {
            terminal.wait_for(|text| text.contains("waiting for the approval").then_some(()));
            UserAgent::new().approve(url).unwrap();
        }
        let (code, text, _) = terminal.finish();
        assert_eq!(code, 0, "{text}");
        assert_eq!(env.opened().len() - before, usize::from(asks), "{text}");
        screen.write(&format!("$ \u{1b}[1msso-oidc {words}\u{1b}[0m\r\n"));
        screen.write(&exemplary(&text, &center, url.as_deref()));
    }
    assert_text_snapshot("login.svg", &svg("A sign-in with sso-oidc in a terminal", &screen));
}

const STYLE: &str = "\
  <style>
    text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; fill: #d1d7e0 }
    .bold { font-weight: 600; fill: #f0f6fc }
    .dim { fill: #8d96a0 }
    .red { fill: #ff7b72 }
    .green { fill: #3fb950 }
    .yellow { fill: #d29922 }
    .window { fill: #151b23; stroke: #3d444d }
    .bar { fill: #262c36 }
    .knob { fill: #656c76 }
  </style>
";

/// A window with these rows: dark, and with an edge, on light and on dark paper.
fn svg(title: &str, screen: &Screen) -> String {
    let mut rows = screen.rows();
    while rows.last().is_some_and(|row| row.is_empty()) {
        rows.pop();
    }
    let width = 2.0 * MARGIN + f64::from(COLUMNS) * CHARACTER;
    let height = BAR + 2.0 * MARGIN + as_float(rows.len()) * LINE;
    let mut body = String::new();
    let mut y = BAR + MARGIN;
    for row in rows {
        draw(&mut body, y + LINE * 0.75, row);
        y += LINE;
    }
    let knobs: String =
        [20, 38, 56].map(|x| format!("  <circle class=\"knob\" cx=\"{x}\" cy=\"17\" r=\"5\"/>\n")).concat();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"{title}\">\n{STYLE}\
         \x20 <rect class=\"window\" x=\"0.5\" y=\"0.5\" width=\"{:.0}\" height=\"{:.0}\" rx=\"8\"/>\n\
         \x20 <path class=\"bar\" d=\"M1 {BAR:.0}V9a8 8 0 0 1 8-8H{:.0}a8 8 0 0 1 8 8V{BAR:.0}z\"/>\n{knobs}{body}</svg>\n",
        width - 1.0,
        height - 1.0,
        width - 9.0,
    )
}

/// One element for each piece of the same style, as wide as its characters in any font.
fn draw(to: &mut String, y: f64, row: &[Cell]) {
    let mut column = 0;
    for piece in row.chunk_by(|one, next| one.style == next.style) {
        let (x, width) = (MARGIN + as_float(column) * CHARACTER, as_float(piece.len()) * CHARACTER);
        column += piece.len();
        let class = match piece[0].style {
            1 => " class=\"bold\"",
            2 => " class=\"dim\"",
            31 => " class=\"red\"",
            32 => " class=\"green\"",
            33 => " class=\"yellow\"",
            _ => "",
        };
        let words: String = piece.iter().map(|cell| cell.character).collect();
        let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            to,
            "  <text{class} x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{width:.1}\" xml:space=\"preserve\">{words}</text>"
        );
    }
}

fn as_float(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("no screen is that large"))
}
