//! What a section header of the config file names: a profile, an sso-session, a services block, or nothing of ours.
//!
//! botocore looks at how the header begins and splits it as a POSIX shell would (Python's `shlex`); the second of exactly
//! two words is the name. So `[profile "my dev"]` names `my dev`, and `[profile two words]` names nothing.

use std::borrow::Cow;

/// What a section of the config file describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SectionKind {
    Profile,
    SsoSession,
    Services,
}

/// The words that headers begin with.
const KINDS: [(&str, SectionKind); 3] =
    [("profile", SectionKind::Profile), ("sso-session", SectionKind::SsoSession), ("services", SectionKind::Services)];

/// The kind and name a header of the config file stands for.
pub(super) fn named(header: &str) -> Option<(SectionKind, Cow<'_, str>)> {
    if header == "default" {
        return Some((SectionKind::Profile, Cow::Borrowed(header)));
    }
    let (_, kind) = KINDS.iter().find(|(word, _)| header.starts_with(word))?;
    second_of_two_words(header).map(|name| (*kind, name))
}

/// The text between the brackets of a header for this name, quoted when it must be.
pub(super) fn header_for(kind: SectionKind, name: &str) -> String {
    if kind == SectionKind::Profile && name == "default" {
        return "default".to_owned();
    }
    let word = KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(word, _)| word);
    let plain = format!("{word} {name}");
    let is_plain = named(&plain).is_some_and(|(_, found)| found == name);
    if is_plain { plain } else { format!("{word} \"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")) }
}

fn is_shell_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn second_of_two_words(header: &str) -> Option<Cow<'_, str>> {
    if header.contains(['\'', '"', '\\']) {
        let words = shell_words(header)?;
        let [_, name] = <[String; 2]>::try_from(words).ok()?;
        return Some(Cow::Owned(name));
    }
    let mut words = header.split(is_shell_space).filter(|word| !word.is_empty());
    let (_, name) = (words.next()?, words.next()?);
    words.next().is_none().then_some(Cow::Borrowed(name))
}

/// Python's `shlex.split`; `None` where it raises (a quotation or an escape that does not end).
pub fn shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => quotation(character, &mut characters, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(characters.next()?),
            space if is_shell_space(space) => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

/// Reads up to the closing quote. Only inside double quotes does a backslash escape, and only itself and the quote.
fn quotation(quote: char, characters: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    loop {
        match characters.next()? {
            end if end == quote => return Some(()),
            '\\' if quote == '"' => {
                let escaped = characters.next()?;
                if !matches!(escaped, '"' | '\\') {
                    word.push('\\');
                }
                word.push(escaped);
            }
            other => word.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SectionKind, named};

    #[test]
    fn headers_name_what_botocore_says() {
        use SectionKind::{Profile, Services, SsoSession};
        for (header, expected) in [
            ("default", Some((Profile, "default"))),
            ("profile default", Some((Profile, "default"))),
            ("profile a", Some((Profile, "a"))),
            ("profile\t a ", Some((Profile, "a"))),
            ("profile 'my dev'", Some((Profile, "my dev"))),
            ("profile \"a\\\"b\\x\"", Some((Profile, "a\"b\\x"))),
            ("profile a\\ b", Some((Profile, "a b"))),
            ("profile ''", Some((Profile, ""))),
            ("profile x''y", Some((Profile, "xy"))),
            ("profiles x", Some((Profile, "x"))),
            ("profile", None),
            ("profile two words", None),
            ("profile 'open", None),
            ("profile open\\", None),
            ("profile\u{a0}a", None),
            (" profile a", None),
            ("Profile a", None),
            ("sso-session s1", Some((SsoSession, "s1"))),
            ("sso-sessions s1", Some((SsoSession, "s1"))),
            ("services x", Some((Services, "x"))),
            ("preview", None),
        ] {
            let found = named(header);
            assert_eq!(found.as_ref().map(|(kind, name)| (*kind, name.as_ref())), expected, "[{header}]");
        }
    }
}
