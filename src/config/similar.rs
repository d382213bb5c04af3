//! `similar`: the name that was probably meant by one that does not exist.

/// The name with the fewest changed characters, if these are few: one, or two of a name with more than five.
pub(super) fn similar<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = if name.chars().count() > 5 { 2 } else { 1 };
    names
        .map(|other| (distance(name, other), other))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

/// How many characters are inserted, deleted or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::similar;

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
