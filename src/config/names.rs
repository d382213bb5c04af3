//! Section headers of the config file: the kind of section and its name.
//!
//! botocore takes the kind from the start of the header and splits the header like a POSIX shell (Python's `shlex`); the
//! second of exactly two words is the name. So `[profile "my dev"]` names `my dev`, and `[profile two words]` is ignored.

use std::borrow::Cow;

/// What a section of the config file describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SectionKind {
    Profile,
    SsoSession,
    Services,
}

/// The words at the start of headers.
const KINDS: [(&str, SectionKind); 3] =
    [("profile", SectionKind::Profile), ("sso-session", SectionKind::SsoSession), ("services", SectionKind::Services)];

/// The kind and name in a header of the config file.
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
    let word = word_of(kind);
    let plain = format!("{word} {name}");
    let is_plain = named(&plain).is_some_and(|(_, found)| found == name);
    if is_plain { plain } else { format!("{word} \"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")) }
}

/// The word at the start of the headers of a kind.
pub(super) fn word_of(kind: SectionKind) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(word, _)| word)
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

/// A value, quoted for a shell if need be.
pub fn shell_quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "-_.:/@+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', r"'\''")).into()
    }
}

/// The option that selects a profile, after a space; empty for the default profile.
pub fn profile_option(name: &str) -> String {
    if name == "default" { String::new() } else { format!(" --profile {}", shell_quoted(name)) }
}

/// The name with the fewest changed characters, if these are few: one, or two of a name with more than five.
pub(super) fn similar<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = if name.chars().count() > 5 { 2 } else { 1 };
    let distances = names.map(|other| (strsim::levenshtein(name, other), other));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}

/// Python's `shlex.split`; `None` for an unclosed quote or an unfinished escape.
pub fn shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let (mut word, mut quote) = (None::<String>, None);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, space) if is_shell_space(space) => words.extend(word.take()),
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(character);
            }
            (Some(end), _) if end == character => quote = None,
            (None, '\\') => word.get_or_insert_default().push(characters.next()?),
            // Inside double quotes a backslash escapes only itself and the quote.
            (Some('"'), '\\') => match characters.next()? {
                escaped @ ('"' | '\\') => word.get_or_insert_default().push(escaped),
                other => word.get_or_insert_default().extend(['\\', other]),
            },
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::{SectionKind, named, similar};

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

    #[test]
    fn names_with_a_typing_mistake_are_found() {
        let found = |name| similar(name, ["default", "dev", "production"].into_iter());
        for (name, expected) in [
            ("dvv", Some("dev")),
            ("dev1", Some("dev")),
            ("de", Some("dev")),
            ("prod", None),
            ("prodcution", Some("production")),
            ("defualt", Some("default")),
            ("test", None),
            ("", None),
        ] {
            assert_eq!(found(name), expected, "{name}");
        }
    }
}
