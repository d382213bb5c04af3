//! Cleans untrusted text for a terminal, and checks untrusted URLs for a browser.
//!
//! Text from the network or a file can contain escape sequences, direction overrides and invisible characters; these
//! are removed. Only RFC 3986 URLs with https, a host and no user info are opened. `login` decides whether a URL is
//! trusted.

use console::measure_text_width;
use serde_json::Value;

pub use url::Url;

/// A blank at which no line is broken.
pub const NO_BREAK: &str = "\u{a0}";

/// The longest text in a message, in characters.
const LONGEST_WORDS: usize = 1_000;

/// The longest URL that a browser opens, in bytes.
const LONGEST_URL: usize = 8 << 10;

/// Cleans text for a message: removes control, direction and invisible characters, turns line ends into spaces, and
/// cuts at 1,000 characters, of which the last is then an ellipsis.
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

/// Cleans data for a terminal or pager: removes the same characters, but keeps line ends and tabs and cuts nothing.
pub fn data_for_terminal(text: &str) -> String {
    text.chars().filter(|character| matches!(character, '\n' | '\t') || is_shown(*character)).collect()
}

/// Changes every string in a JSON value, including member names.
pub fn change_all(value: &mut Value, change: &impl Fn(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| change_all(item, change)),
        Value::Object(members) => {
            let all = std::mem::take(members).into_iter();
            members.extend(all.map(|(mut name, mut member)| {
                change(&mut name);
                change_all(&mut member, change);
                (name, member)
            }));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a character is safe to show: not a control character (Cc) or line separator, does not change the direction
/// of text, and is not invisible (`Bidi_Control`, `Default_Ignorable_Code_Point`, annotation and format characters).
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

/// A number of things: "1 profile", "2 profiles".
pub fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// The columns that a text takes on a terminal; colors take none.
pub fn columns(text: &str) -> usize {
    measure_text_width(text)
}

/// Breaks lines at blanks so that they fit a terminal; indentation stays. A word that is too long is not broken, and neither is a command at the
/// end of a line, so that they can be copied.
pub fn wrapped(text: &str, width: usize) -> String {
    text.split('\n').map(|line| wrapped_line(line, width)).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    let command = COMMANDS.iter().filter_map(|command| line.rfind(command)).max();
    let (words, command) = command.map_or((line, None), |at| (&line[..=at], Some(&line[at + 2..])));
    let text = words.trim_start_matches(' ');
    let start = words.len() - text.len();
    // Below the second column of a list, if there is room.
    let second = text.find("  ").map(|at| words.len() - text[at..].trim_start_matches(' ').len());
    let indent = second.map_or(start, |second| if second + 16 > width { start + 4 } else { second });
    let (mut out, mut column) = (words[..start].to_owned(), start);
    for (index, word) in text.split(' ').chain(command).enumerate() {
        if column > indent && column + 1 + columns(word) > width {
            out.push('\n');
            out += &" ".repeat(indent);
            column = indent;
        } else if index > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += columns(word);
    }
    out
}

/// How commands to run begin in a message or an example.
const COMMANDS: [&str; 3] = [": sso-oidc ", ": ssh ", "  sso-oidc "];

const TOO_LONG: &str = "it is longer than 8 KiB";
const INVALID_CHARACTERS: &str = "it contains characters that are not valid in a URL";
const NOT_HTTPS: &str = "it is not an https URL";
const USER_INFO: &str = "it has a user name or password before the host";
const NO_HOST: &str = "it has no host";

/// Checks a URL before a browser opens it, and returns it serialized again. It must use https (or http, with
/// `allow_http`), have a host and no user info, and be at most 8 KiB of printable ASCII. The error is the reason.
pub fn browser_url(text: &str, allow_http: bool) -> Result<Url, &'static str> {
    if text.len() > LONGEST_URL {
        return Err(TOO_LONG);
    }
    if !text.bytes().all(is_url_byte) {
        return Err(INVALID_CHARACTERS);
    }
    let (scheme, rest) = text.split_once(':').ok_or(NO_HOST)?;
    let allowed = if allow_http { &["https", "http"][..] } else { &["https"] };
    if !allowed.iter().any(|allowed| scheme.eq_ignore_ascii_case(allowed)) {
        return Err(NOT_HTTPS);
    }
    // Stricter than the URL standard, which treats `https:host`, `https:/host` and `https:///host` alike and decodes
    // percent signs in hosts: other parsers disagree about such URLs.
    let rest = rest.strip_prefix("//").ok_or(NO_HOST)?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    if authority.contains('@') {
        return Err(USER_INFO);
    }
    if authority.is_empty() || authority.contains('%') {
        return Err(NO_HOST);
    }
    let url = Url::parse(text).map_err(|_| NO_HOST)?;
    if url.as_str().len() > LONGEST_URL {
        return Err(TOO_LONG);
    }
    let is_plain = url.host_str().is_some_and(|host| !host.is_empty()) && url.as_str().bytes().all(is_url_byte);
    if is_plain { Ok(url) } else { Err(NO_HOST) }
}

/// The characters of RFC 3986: reserved, unreserved and the percent sign.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

#[cfg(test)]
#[path = "../tests/fuzz/text.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::{
        INVALID_CHARACTERS, LONGEST_WORDS, NO_HOST, NOT_HTTPS, TOO_LONG, USER_INFO, browser_url, change_all,
        data_for_terminal, for_terminal, is_url_byte, wrapped,
    };
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn names_and_nested_texts_are_changed() {
        let mut value = json!({"a": ["b", {"c": 1, "d": null}], "e": true});
        change_all(&mut value, &|text| text.push('!'));
        assert_eq!(value.to_string(), r#"{"a!":["b!",{"c!":1,"d!":null}],"e!":true}"#);
    }

    #[test]
    fn words_lose_what_moves_the_cursor_or_hides() {
        for (text, shown) in [
            ("plain – naïve 会社 😀", "plain – naïve 会社 😀"),
            ("a\u{1b}[31mb\u{7}\u{0}c", "a[31mbc"),
            ("two\nlines\r\nand\u{2028}more\u{2029}.", "two lines and more ."),
            ("tab\there", "tabhere"),
            ("\u{9b}31m\u{85}c1", "31mc1"),
            ("user\u{202e}gpj.exe\u{202c}", "usergpj.exe"),
            ("\u{2066}a\u{2069}\u{200e}\u{61c}b", "ab"),
            ("zero\u{200b}width\u{feff}\u{2060}\u{ad}", "zerowidth"),
            ("tag\u{e0041}\u{e0042}\u{fe0f}\u{e0100}", "tag"),
            ("\u{3164}\u{115f}\u{ffa0}\u{2800}filler", "filler"),
        ] {
            assert_eq!(for_terminal(text), shown, "{text:?}");
        }
    }

    #[test]
    fn words_end_at_a_thousand_characters() {
        let exact = "é".repeat(LONGEST_WORDS);
        assert_eq!(for_terminal(&exact), exact);
        let cut = for_terminal(&format!("{exact}é"));
        assert_eq!(cut.chars().count(), LONGEST_WORDS);
        assert!(cut.ends_with("é…"));
        assert_eq!(for_terminal(&format!("{}x", "\u{200b}".repeat(5_000))), "x");
    }

    #[test]
    fn lines_are_broken_at_blanks_only() {
        for (text, width, expected) in [
            ("one two three", 13, "one two three"),
            ("one two three", 12, "one two\nthree"),
            ("one https://example.com/long two", 8, "one\nhttps://example.com/long\ntwo"),
            ("会社 会社 会社", 9, "会社 会社\n会社"),
            ("\u{1b}[1mone\u{1b}[0m two", 7, "\u{1b}[1mone\u{1b}[0m two"),
            ("a b\nc d e", 3, "a b\nc d\ne"),
            ("hint: run: sso-oidc login --profile x", 20, "hint: run:\nsso-oidc login --profile x"),
            ("  one  two three four five six", 23, "  one  two three four\n       five six"),
            ("  one  two three four five six", 22, "  one  two three four\n      five six"),
            ("  one two three", 9, "  one two\n  three"),
            ("    sso-oidc login --all", 9, "    sso-oidc login --all"),
        ] {
            assert_eq!(wrapped(text, width), expected);
        }
    }

    #[test]
    fn data_keeps_lines_and_tabs_and_length() {
        assert_eq!(data_for_terminal("a\tb\n\u{1b}]0;x\u{7}c\r\n\u{202e}d"), "a\tb\n]0;xc\nd");
        assert_eq!(data_for_terminal(&"x".repeat(5_000)).len(), 5_000);
    }

    #[test]
    fn a_browser_gets_these() {
        for (text, opened) in [
            ("https://device.sso.us-east-1.amazonaws.com/", "https://device.sso.us-east-1.amazonaws.com/"),
            (
                "https://d-1.awsapps.com/start/#/device?user_code=ABCD-EFGH",
                "https://d-1.awsapps.com/start/#/device?user_code=ABCD-EFGH",
            ),
            ("HTTPS://D-1.AWSAPPS.COM/start", "https://d-1.awsapps.com/start"),
            (
                "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Foauth%2Fcallback&scopes=sso%3Aaccount%3Aaccess",
                "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Foauth%2Fcallback&scopes=sso%3Aaccount%3Aaccess",
            ),
            ("https://h", "https://h/"),
            ("https://h:8443/a?b=c", "https://h:8443/a?b=c"),
            ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
            ("https://[::1]:8443/x", "https://[::1]:8443/x"),
            ("https://h/a@b?c=d@e", "https://h/a@b?c=d@e"),
        ] {
            assert_eq!(browser_url(text, false).unwrap().as_str(), opened);
        }
        assert_eq!(browser_url("http://127.0.0.1:8080/x", true).unwrap().as_str(), "http://127.0.0.1:8080/x");
    }

    #[test]
    fn a_browser_never_gets_these() {
        let long = format!("https://h/{}", "a".repeat(10_000));
        for (text, reason) in [
            ("", NO_HOST),
            ("http://127.0.0.1:8080/x", NOT_HTTPS),
            ("file:///etc/passwd", NOT_HTTPS),
            ("javascript:alert(1)", NOT_HTTPS),
            ("data:text/html,x", NOT_HTTPS),
            ("vbscript:x", NOT_HTTPS),
            ("ftp://h/x", NOT_HTTPS),
            ("ms-settings:", NOT_HTTPS),
            ("search-ms:query=x", NOT_HTTPS),
            ("smb://h/x", NOT_HTTPS),
            ("ssh://h", NOT_HTTPS),
            ("mailto:a@b.example", NOT_HTTPS),
            ("httpss://h/", NOT_HTTPS),
            ("https", NO_HOST),
            ("https:", NO_HOST),
            ("https:h/x", NO_HOST),
            ("https:/h/x", NO_HOST),
            ("https:///h/x", NO_HOST),
            ("https://", NO_HOST),
            ("https://?x", NO_HOST),
            ("https://:443/", NO_HOST),
            ("https://h:99999/", NO_HOST),
            ("https://ex%61mple.com/", NO_HOST),
            ("https://[::1/", NO_HOST),
            ("https://256.1.1.1.1.999/", NO_HOST),
            ("//h/x", NO_HOST),
            ("h.example/x", NO_HOST),
            ("--renderer-cmd-prefix=sh", NO_HOST),
            ("-https://h/", NOT_HTTPS),
            ("--url=https://h/", NOT_HTTPS),
            (" https://h/", INVALID_CHARACTERS),
            ("https://h/ --gpu-launcher=sh", INVALID_CHARACTERS),
            ("https://h/\n", INVALID_CHARACTERS),
            ("https://h\t/x", INVALID_CHARACTERS),
            ("https://h/\0x", INVALID_CHARACTERS),
            ("https://h/\"&calc.exe&\"", INVALID_CHARACTERS),
            ("https://h/`id`", INVALID_CHARACTERS),
            ("https://h/$(rm -rf ~)", INVALID_CHARACTERS),
            ("https://h/|sh", INVALID_CHARACTERS),
            ("https://h/x;a^b", INVALID_CHARACTERS),
            ("https://h/<script>", INVALID_CHARACTERS),
            (r"https://evil.example\@aws.example/", INVALID_CHARACTERS),
            (r"\\server\share", INVALID_CHARACTERS),
            ("https://bücher.example/", INVALID_CHARACTERS),
            ("https://h/\u{202e}moc", INVALID_CHARACTERS),
            ("https://h/\u{1b}[2J", INVALID_CHARACTERS),
            ("https://user@h/", USER_INFO),
            ("https://user:password@h/", USER_INFO),
            ("https://@h/", USER_INFO),
            ("https://aws.example@evil.example/", USER_INFO),
            (long.as_str(), TOO_LONG),
        ] {
            assert_eq!(browser_url(text, false).map(|url| url.to_string()), Err(reason), "{text:?}");
        }
        assert_eq!(browser_url("file:///etc/passwd", true), Err(NOT_HTTPS));
    }

    proptest! {
        #[test]
        fn nothing_shown_can_move_the_cursor(text in any::<String>()) {
            let words = for_terminal(&text);
            prop_assert!(!words.chars().any(char::is_control));
            prop_assert!(words.chars().count() <= LONGEST_WORDS);
            prop_assert_eq!(for_terminal(&words), words.clone());
            let data = data_for_terminal(&text);
            prop_assert!(!data.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
            prop_assert_eq!(data_for_terminal(&data), data.clone());
        }

        #[test]
        fn printable_ascii_is_shown_as_it_is(text in "[ -~]{0,1000}") {
            prop_assert_eq!(for_terminal(&text), text);
        }

        #[test]
        fn what_a_browser_gets_is_one_plain_https_url(text in "(https?://|HTTPS:/{1,3})?[a-z0-9.@:/?#%&;\\[\\] \\\\\u{e9}-]{0,60}", allow_http: bool) {
            if let Ok(url) = browser_url(&text, allow_http) {
                prop_assert!(url.scheme() == "https" || allow_http && url.scheme() == "http");
                prop_assert!(url.username().is_empty() && url.password().is_none());
                prop_assert!(url.as_str().bytes().all(is_url_byte));
                prop_assert_eq!(super::Url::parse(url.as_str()).unwrap(), url.clone());
                prop_assert!(browser_url(url.as_str(), allow_http).is_ok());
            }
        }
    }
}
