//! Foreign text before it reaches a terminal, and foreign URLs before they reach a browser.
//!
//! Text from the network or a file can carry escape sequences, direction overrides and characters that nobody sees; a
//! URL can be anything. What passes here is harmless to show and to hand over as one argument. A browser is given RFC 3986
//! URLs only: https, a host, no user-info. Imports nothing of ours.

use std::fmt;

pub use url::Url;

/// The longest text that is shown in words, in characters.
const LONGEST_WORDS: usize = 1_000;

/// The longest URL that a browser is given, in bytes.
const LONGEST_URL: usize = 8 << 10;

/// Text for a sentence: control, direction and invisible characters dropped, line ends turned into spaces, cut at 1,000
/// characters (the last is then an ellipsis).
pub fn for_terminal(text: &str) -> String {
    let shown = text.chars().filter_map(|character| match character {
        '\n' | '\u{2028}' | '\u{2029}' => Some(' '),
        other => is_shown(other).then_some(other),
    });
    let mut out: String = shown.take(LONGEST_WORDS + 1).collect();
    if let Some((at, _)) = out.char_indices().nth(LONGEST_WORDS) {
        out.truncate(at);
        out.pop();
        out.push('…');
    }
    out
}

/// Data for a terminal or pager: the same characters dropped, line ends and tabs kept, nothing cut.
pub fn data_for_terminal(text: &str) -> String {
    text.chars().filter(|character| matches!(character, '\n' | '\t') || is_shown(*character)).collect()
}

/// Whether a character is neither control (Cc) nor a line separator, and neither changes the direction of text nor is
/// invisible (Unicode's `Bidi_Control` and `Default_Ignorable_Code_Point`, and the annotation and format characters).
fn is_shown(character: char) -> bool {
    !character.is_control()
        && !matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}'
            | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Why a URL is not given to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlRefused {
    /// More than 8 KiB.
    TooLong,
    /// White space, control characters, or others that no URL has (RFC 3986 section 2).
    ForeignCharacters,
    /// Neither https nor, where it is allowed, http.
    Scheme,
    /// A user name or password before the host.
    UserInfo,
    /// No host, or no URL at all.
    Malformed,
}

impl fmt::Display for UrlRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "it is longer than 8 KiB",
            Self::ForeignCharacters => "it contains characters that no URL has",
            Self::Scheme => "it is not an https URL",
            Self::UserInfo => "it has a user name or password before the host",
            Self::Malformed => "it is no URL with a host",
        })
    }
}

impl std::error::Error for UrlRefused {}

/// Lets a URL through to the browser: https (http when `allow_http`), a host, no user-info, printable ASCII, at most
/// 8 KiB. What is opened is the URL written out again from its parts.
pub fn browser_url(text: &str, allow_http: bool) -> Result<Url, UrlRefused> {
    if text.len() > LONGEST_URL {
        return Err(UrlRefused::TooLong);
    }
    if !text.bytes().all(is_url_byte) {
        return Err(UrlRefused::ForeignCharacters);
    }
    let (scheme, rest) = text.split_once(':').ok_or(UrlRefused::Malformed)?;
    let allowed = if allow_http { &["https", "http"][..] } else { &["https"] };
    if !allowed.iter().any(|allowed| scheme.eq_ignore_ascii_case(allowed)) {
        return Err(UrlRefused::Scheme);
    }
    // Stricter than the URL standard, which reads `https:host`, `https:/host` and `https:///host` alike and decodes
    // percent signs in hosts: other readers of the same text would disagree.
    let rest = rest.strip_prefix("//").ok_or(UrlRefused::Malformed)?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return Err(UrlRefused::UserInfo);
    }
    if authority.is_empty() || authority.contains('%') {
        return Err(UrlRefused::Malformed);
    }
    let url = Url::parse(text).map_err(|_| UrlRefused::Malformed)?;
    if url.as_str().len() > LONGEST_URL {
        return Err(UrlRefused::TooLong);
    }
    let is_plain = url.host_str().is_some_and(|host| !host.is_empty()) && url.as_str().bytes().all(is_url_byte);
    if is_plain { Ok(url) } else { Err(UrlRefused::Malformed) }
}

/// The characters of RFC 3986: reserved, unreserved and the percent sign.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}
