//! How `status` looks for a person: a row for each session, or all there is to know about those that were named.
//!
//! Text from files is cut down to what a terminal may show. What the states mean is in `survey`.

use std::fmt::Write as _;

use super::duration;
use super::survey::Seen;
use crate::cache::timestamp;
use crate::context::Context;
use crate::context::Timestamp;
use crate::text;

const HEADINGS: [&str; 6] = ["SESSION", "STATE", "EXPIRES", "REFRESH", "REGION", "START URL"];

/// The text for standard output.
pub(super) fn text(seen: &[Seen], in_detail: bool, context: &Context) -> String {
    let now = context.now();
    if seen.is_empty() {
        context.say("There is no session in the config file and no token in the cache.");
        return String::new();
    }
    if in_detail {
        return seen.iter().map(|seen| details(seen, now)).collect::<Vec<_>>().join("\n");
    }
    let rows: Vec<[String; 6]> = seen.iter().map(|seen| row(seen, now)).collect();
    let mut text = table(&rows);
    for seen in seen.iter().filter(|seen| seen.expires_at.is_none()) {
        let Some(why) = &seen.why else { continue };
        let _ = writeln!(text, "{}: {}", text::for_terminal(&seen.label()), text::for_terminal(why));
    }
    text
}

fn row(seen: &Seen, now: Timestamp) -> [String; 6] {
    let or_dash = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), text::for_terminal);
    [
        text::for_terminal(&seen.label()),
        seen.state.as_str().to_owned(),
        seen.expires_at.map_or_else(|| "-".to_owned(), |ends| relative(ends, now)),
        if seen.is_refreshable { "yes" } else { "no" }.to_owned(),
        or_dash(seen.region.as_deref()),
        or_dash(seen.start_url.as_deref()),
    ]
}

fn table(rows: &[[String; 6]]) -> String {
    let mut widths = HEADINGS.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let headings = HEADINGS.map(str::to_owned);
    for row in std::iter::once(&headings).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell}{}", " ".repeat(width.saturating_sub(cell.chars().count()) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn details(seen: &Seen, now: Timestamp) -> String {
    let expires = seen.expires_at.map(|ends| format!("{} ({})", timestamp::format(ends), relative(ends, now)));
    let registration = seen.registration_expires_at.as_deref().map(|text| match timestamp::parse(text) {
        Some(ends) => format!("{} ({})", timestamp::format(ends), relative(ends, now)),
        None => text.to_owned(),
    });
    let refreshable = if seen.is_refreshable { "yes" } else { "no" };
    let lines = [
        ("state", Some(seen.state.as_str().to_owned())),
        ("reason", seen.why.clone()),
        ("to sign in", seen.remedy().map(str::to_owned)),
        ("expires", expires),
        ("refreshable", Some(refreshable.to_owned())),
        ("registration", registration),
        ("start URL", seen.start_url.clone()),
        ("region", seen.region.clone()),
        ("scopes", seen.scopes.as_ref().map(|scopes| scopes.join(", "))),
        ("profiles", (!seen.profiles.is_empty()).then(|| seen.profiles.join(", "))),
        ("file", Some(seen.path.display().to_string())),
    ];
    let mut text = format!("{}\n", text::for_terminal(&seen.label()));
    for (name, value) in lines {
        if let Some(value) = value {
            let _ = writeln!(text, "  {name:<13}{}", text::for_terminal(&value));
        }
    }
    text
}

fn relative(ends: Timestamp, now: Timestamp) -> String {
    let left = (ends - now).whole_seconds();
    let words = duration::words(left.unsigned_abs());
    if left > 0 { format!("in {words}") } else { format!("{words} ago") }
}
