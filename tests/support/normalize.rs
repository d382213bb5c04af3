//! Replaces what differs from run to run in a text, so that the rest can be compared.
//!
//! Ports of loopback addresses, timestamps, temporary folders, secrets and user codes of the local Identity Center;
//! nothing else.

/// Replaces values that differ between runs by `[PORT]`, `[TIME]`, `[TEMP]`, `[SECRET]`, `[USER-CODE]` and `[ID]`.
pub(crate) fn normalize(text: &str) -> String {
    let temporary = std::env::temp_dir().to_string_lossy().into_owned();
    let text = text.replace("\r\n", "\n");
    let mut normal = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let before = normal.chars().next_back();
        let found = [port(rest), time(rest), folder(rest, &temporary), secret(rest), user_code(rest, before)];
        if let Some((length, word)) = found.into_iter().flatten().next() {
            normal.push_str(&word);
            rest = &rest[length..];
        } else {
            normal.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    normal
}

type Found = Option<(usize, String)>;

/// How many bytes from the start fulfil a condition.
fn run_of(text: &str, condition: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| condition(*byte)).count()
}

fn port(text: &str) -> Found {
    let host = ["127.0.0.1", "localhost", "[::1]"].into_iter().find(|host| text.starts_with(host))?;
    // In a query the colon is escaped.
    let colon = [":", "%3A"].into_iter().find(|colon| text[host.len()..].starts_with(colon))?;
    let start = host.len() + colon.len();
    let digits = run_of(&text[start..], |byte| byte.is_ascii_digit());
    (digits > 0).then(|| (start + digits, format!("{host}{colon}[PORT]")))
}

/// `2026-01-01T08:00:00Z`, with a space or another zone too, and `20260101T080000Z`.
fn time(text: &str) -> Found {
    let fits = |pattern: &str| {
        text.len() >= pattern.len()
            && pattern.bytes().zip(text.bytes()).all(|(wanted, byte)| match wanted {
                b'0' => byte.is_ascii_digit(),
                b'T' => byte == b'T' || byte == b' ',
                _ => byte == wanted,
            })
    };
    let length = ["0000-00-00T00:00:00", "00000000T000000"].into_iter().find(|pattern| fits(pattern))?.len();
    let rest = &text[length..];
    let digits = rest.strip_prefix('.').map(|rest| run_of(rest, |byte| byte.is_ascii_digit()));
    let fraction = digits.map_or(0, |digits| 1 + digits);
    let zone = &rest[fraction..];
    let zone = if zone.starts_with('Z') {
        1
    } else if zone.starts_with(['+', '-']) {
        1 + run_of(&zone[1..], |byte| byte.is_ascii_digit() || byte == b':')
    } else {
        0
    };
    Some((length + fraction + zone, "[TIME]".into()))
}

/// The path of a folder that tempfile created.
fn folder(text: &str, temporary: &str) -> Found {
    let rest = text.strip_prefix(temporary)?;
    let separator = rest.len() - rest.trim_start_matches(['/', '\\']).len();
    let name = rest[separator..].strip_prefix(".tmp")?;
    let length = text.len() - name.len() + run_of(name, |byte| byte.is_ascii_alphanumeric());
    Some((length, "[TEMP]".into()))
}

/// A random value of the Identity Center: a known prefix and 32 digits; see `identity_center::state::random_word`.
fn secret(text: &str) -> Found {
    let beginnings = [
        ("aoaAAAAA", "[SECRET]"),
        ("aorAAAAA", "[SECRET]"),
        ("eyJraWQiOiJrZXkt", "[SECRET]"),
        ("eyJhbGciOiJSUzI1NiJ9.e30.", "[SECRET]"),
        ("AQoJ", "[SECRET]"),
        ("IQoJb3JpZ2luX2Vj", "[SECRET]"),
        ("role-secret-", "[SECRET]"),
        ("device-", "[SECRET]"),
        ("code-", "[SECRET]"),
        ("client-", "[ID]"),
    ];
    let (beginning, word) = beginnings.into_iter().find(|(beginning, _)| text.starts_with(beginning))?;
    let digits = run_of(&text[beginning.len()..], |byte| byte.is_ascii_hexdigit());
    (digits == 32).then(|| (beginning.len() + digits, word.into()))
}

fn user_code(text: &str, before: Option<char>) -> Found {
    let letter = |byte: u8| b"BCDFGHJKLMNPQRSTVWXZ".contains(&byte);
    let is_apart = before.is_none_or(|before| !before.is_alphanumeric() && before != '-');
    let fits = is_apart
        && run_of(text, letter) == 4
        && text[4..].starts_with('-')
        && run_of(&text[5..], letter) == 4
        && !text[9..].starts_with(|next: char| next.is_alphanumeric() || next == '-');
    fits.then(|| (9, "[USER-CODE]".into()))
}
