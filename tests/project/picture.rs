//! The picture at the top of the README: the first login on a terminal of 80 columns and 24 rows, an animation drawn from
//! a real run against the local Identity Center.
//!
//! Values that change from run to run are replaced by examples, and the service's addresses by AWS's. Typing and the spinner
//! are drawn in steps of their own, so that the same run gives the same picture. `UPDATE_SNAPSHOTS=1` draws it again.

use std::fmt::Write as _;

use indicatif::ProgressStyle;

use crate::support::screen::{Cell, Screen};
use crate::support::{IdentityCenter, TestEnv, assert_text_snapshot};

/// Of the picture, in pixels.
const CHARACTER: f64 = 7.2;
const LINE: f64 = 19.0;
const MARGIN: f64 = 16.0;
const BAR: f64 = 34.0;

const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

/// The largest picture, in bytes.
const MOST: usize = 150_000;

const START_URL: &str = "https://my-company.awsapps.com/start";
const CODE: &str = "BDWP-HQPK";
const TIME: &str = "17:04";

/// What the terminal shows, and for how many seconds.
struct Frame {
    text: String,
    seconds: f64,
}

/// The frames of a run.
struct Film<'a> {
    center: &'a IdentityCenter,
    env: &'a TestEnv,
    code: String,
    frames: Vec<Frame>,
    /// The text of the commands before this one.
    before: String,
}

impl Film<'_> {
    /// Shows what a terminal has shown since its command was started.
    fn show(&mut self, text: &str, seconds: f64) {
        let text = format!("{}{}", self.before, self.exemplary(text));
        self.frames.push(Frame { text, seconds });
    }

    /// The same, while an answer is typed after it.
    fn show_typing(&mut self, text: &str, answer: &str) {
        self.show(text, 0.5);
        let letters: Vec<char> = answer.chars().collect();
        for end in [letters.len() / 3, letters.len() * 2 / 3, letters.len()] {
            let typed: String = letters[..end].iter().collect();
            self.show(&format!("{text}{typed}"), 0.2);
        }
        self.show(&format!("{text}{answer}"), 0.5);
    }

    /// Types a command, which the terminal then runs.
    fn start(&mut self, command: &str) {
        self.show_typing("$ ", command);
        let _ = write!(self.before, "$ \u{1b}[1m{command}\u{1b}[0m\r\n");
    }

    /// The same text with example values in place of those that differ between runs.
    fn exemplary(&self, text: &str) -> String {
        let url = self.center.url();
        let mut text = text.replace(&format!("{url}/start"), START_URL);
        text = text.replace(&format!("{url}/device"), "https://device.sso.us-east-1.amazonaws.com/");
        text = text.replace(&self.env.home().display().to_string(), "~");
        if !self.code.is_empty() {
            text = text.replace(&self.code, CODE);
        }
        // No host of AWS is asked for another start URL.
        if let Some((before, rest)) = text.split_once("Failed to resolve start URL") {
            let (_, after) = rest.split_once("as configured\r\n").unwrap_or(("", ""));
            text = format!("{before}{after}");
        }
        // The name that is proposed for the start URL of the picture.
        text = text.replace("[sso]: my-company", "[my-company]: ").replace("[sso]: ", "[my-company]: ");
        let parts: Vec<&str> = text.split(" until ").collect();
        let times = parts.iter().skip(1).map(|part| part.split_once(" (").map_or(*part, |(_, rest)| rest));
        let rest: String = times.flat_map(|rest| [" until ", TIME, " (", rest]).collect();
        format!("{}{rest}", parts[0])
    }
}

#[test]
fn login_picture_is_up_to_date() {
    let center = IdentityCenter::start_tls();
    center.serve(&format!("{}/start", center.url()));
    let mut env = TestEnv::of(&center);
    env.record_browser();
    std::fs::remove_file(env.home().join(".aws/config")).unwrap();
    let mut film = Film { center: &center, env: &env, code: String::new(), frames: Vec::new(), before: String::new() };
    film.start("sso-oidc login");
    let mut terminal = env.on_terminal_of(COLUMNS, ROWS, &["login", "--use-device-code"]);
    let url = format!("{}/start", center.url());
    for (question, answer, shown) in
        [("Start URL of your AWS access portal: ", &*url, START_URL), ("Session name [sso]: ", "my-company", "")]
    {
        let text = terminal.wait_for(|text| text.ends_with(question).then(|| text.to_owned()));
        film.show_typing(&text, shown);
        terminal.type_in(&format!("{answer}\n"));
    }
    let text = terminal.wait_for(|text| text.contains(" left").then(|| text.to_owned()));
    film.code = center.open_user_codes()[0].clone();
    let end = text.find(" left").unwrap();
    let (before, line) = text[..end].split_at(text[..end].rfind(['\n', '\r']).unwrap() + 1);
    // The line of the program with the next characters of its spinner, while eight of them take a second.
    let (first, spinner) = (line.chars().next().unwrap(), ProgressStyle::default_spinner());
    let first_tick = (0..30).find(|tick| spinner.get_tick_str(*tick).starts_with(first)).unwrap();
    let (words, _) = line[first.len_utf8()..].split_once("9:").expect("the minutes left");
    for step in 0..24 {
        let (spinner, left) = (spinner.get_tick_str(first_tick + step), 59 - step / 8);
        film.show(&format!("{before}{spinner}{words}9:{left} left"), 0.125);
    }
    center.approve(&film.code);
    for (question, answer, keys) in [
        ("Set up a profile now? (y/n) [yes]: ", "", "\n"),
        ("ReadOnly", "", "\r"),
        ("Profile name [Development.Developer]: ", "dev", "dev\n"),
        ("Region [us-east-1]: ", "eu-west-1", "eu-west-1\n"),
    ] {
        let text = terminal.wait_for(|text| text.contains(question).then(|| text.to_owned()));
        film.show(&text, 1.0);
        if !answer.is_empty() {
            film.show_typing(&text, answer);
        }
        terminal.type_in(keys);
    }
    let (code, text, _) = terminal.finish();
    assert_eq!(code, 0, "{text}");
    film.show(&text, 3.0);
    film.before = film.frames.last().unwrap().text.clone();
    film.start("sso-oidc login");
    let (code, text, _) = env.on_terminal_of(COLUMNS, ROWS, &["login"]).finish();
    assert_eq!(code, 0, "{text}");
    film.show(&format!("{text}$ "), 5.0);
    let picture = svg("The first login with sso-oidc in a terminal", &film.frames);
    assert!(picture.len() <= MOST, "{} bytes", picture.len());
    assert_text_snapshot("login.svg", &picture);
}

const STYLE: &str = "\
    text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; fill: #d1d7e0 }
    .bold { font-weight: 600; fill: #f0f6fc }
    .dim { fill: #8d96a0 }
    .red { fill: #ff7b72 }
    .green { fill: #3fb950 }
    .yellow { fill: #d29922 }
    .cyan { fill: #39c5cf }
    .window { fill: #151b23; stroke: #3d444d }
    .bar { fill: #262c36 }
    .knob { fill: #656c76 }
    .frame { visibility: hidden }
    @media (prefers-reduced-motion: reduce) { .frame { animation: none !important } .last { visibility: visible } }
";

/// A window that shows the frames in turn: dark, and with an edge, on light and on dark paper.
fn svg(title: &str, frames: &[Frame]) -> String {
    let width = 2.0 * MARGIN + f64::from(COLUMNS) * CHARACTER;
    let height = BAR + 2.0 * MARGIN + f64::from(ROWS) * LINE;
    let total: f64 = frames.iter().map(|frame| frame.seconds).sum();
    let (mut rules, mut body, mut at) = (String::new(), String::new(), 0.0);
    for (number, frame) in frames.iter().enumerate() {
        let is_last = number + 1 == frames.len();
        let (from, to) = (100.0 * at / total, 100.0 * (at + frame.seconds) / total);
        at += frame.seconds;
        let hides = if is_last { String::new() } else { format!(" {to:.2}% {{ visibility: hidden }}") };
        let _ = writeln!(rules, "    @keyframes f{number} {{ {from:.2}% {{ visibility: visible }}{hides} }}");
        let class = if is_last { "frame last" } else { "frame" };
        let _ = writeln!(body, "  <g class=\"{class}\" style=\"animation: f{number} {total:.1}s step-end infinite\">");
        let mut screen = Screen::new(COLUMNS.into());
        screen.write(&frame.text);
        let rows = screen.rows();
        let hidden = rows.len().saturating_sub(ROWS.into());
        let mut y = BAR + MARGIN;
        for row in &rows[hidden..] {
            draw(&mut body, y + LINE * 0.75, row);
            y += LINE;
        }
        body.push_str("  </g>\n");
    }
    let knobs: String =
        [20, 38, 56].map(|x| format!("  <circle class=\"knob\" cx=\"{x}\" cy=\"17\" r=\"5\"/>\n")).concat();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"{title}\">\n  <style>\n{STYLE}{rules}  </style>\n\
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
            36 => " class=\"cyan\"",
            _ => "",
        };
        let words: String = piece.iter().map(|cell| cell.character).collect();
        if words.trim().is_empty() {
            continue;
        }
        let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            to,
            "   <text{class} x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{width:.1}\" xml:space=\"preserve\">{words}</text>"
        );
    }
}

fn as_float(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("no screen is that large"))
}
