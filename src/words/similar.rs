//! Which known words a misspelt one was probably meant to be: the measure of Python's difflib, as in the AWS CLI.

/// The at most three candidates with a ratio of 0.8 or more, the closest first.
pub(super) fn to<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut close: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| (ratio(word, candidate), candidate))
        .filter(|(ratio, _)| *ratio >= 0.8)
        .collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0));
    close.into_iter().take(3).map(|(_, word)| word.to_owned()).collect()
}

/// Twice the letters in common, block by block, over the letters of both (Ratcliff and Obershelp).
fn ratio(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    // Words are short: both numbers are exact.
    #[expect(clippy::cast_precision_loss)]
    let (common, all) = (in_common(&a, &b) as f64, (a.len() + b.len()) as f64);
    2.0 * common / all
}

fn in_common(a: &[char], b: &[char]) -> usize {
    let (mut start_a, mut start_b, mut longest) = (0, 0, 0);
    for i in 0..a.len() {
        for j in 0..b.len() {
            let length = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
            if length > longest {
                (start_a, start_b, longest) = (i, j, length);
            }
        }
    }
    if longest == 0 {
        return 0;
    }
    longest + in_common(&a[..start_a], &b[..start_b]) + in_common(&a[start_a + longest..], &b[start_b + longest..])
}

#[cfg(test)]
mod tests {
    use super::{ratio, to};

    #[test]
    fn the_ratio_is_difflibs() {
        // difflib.SequenceMatcher(None, a, b).ratio()
        assert!((ratio("jsn", "json") - 6.0 / 7.0).abs() < 1e-9);
        assert!((ratio("create-tokens", "create-token") - 0.96).abs() < 1e-9);
        assert!((ratio("abcd", "bcde") - 0.75).abs() < 1e-9);
        assert!(ratio("abc", "xyz").abs() < 1e-9);
    }

    #[test]
    fn only_close_words_are_offered() {
        assert_eq!(to("create-tokens", ["login", "create-token", "create-token-with-iam"]), ["create-token"]);
        assert!(to("zzz", ["login"]).is_empty());
    }
}
