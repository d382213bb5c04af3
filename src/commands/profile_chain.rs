//! Detects a `credential_process` that runs `export-credentials` for its own profile, which would never end.
//!
//! An environment variable passes the chain of profiles as a line of CSV. Its name and format are the AWS CLI's, so
//! that a loop through both programs is detected too.

use crate::context::Context;
use crate::error::Error;

/// The AWS CLI's environment variable.
pub(super) const VARIABLE: &str = "_AWS_CLI_PROFILE_CHAIN";

/// The longest chain (AWS CLI).
const MAX_DEPTH: usize = 4;

/// The value of the variable for programs that are started for this profile.
pub(super) fn extend_profile_chain(profile: &str, context: &Context) -> Result<String, Error> {
    let mut seen = split(&context.var(VARIABLE).unwrap_or_default());
    let refused = |message| Err(Error::configuration(message));
    if seen.len() >= MAX_DEPTH {
        return refused(format!(
            "Maximum recursive credential process resolution reached ({MAX_DEPTH}).\nProfiles seen: {}",
            seen.join(" -> ")
        ));
    }
    let again = seen.iter().any(|seen| seen == profile);
    seen.push(profile.to_owned());
    if again {
        let cycle = seen.join(" -> ");
        return refused(format!("Credential process resolution detected an infinite loop, profile cycle: {cycle}"));
    }
    Ok(seen.iter().map(|name| field(name)).collect::<Vec<_>>().join(","))
}

/// The fields of a line of CSV.
fn split(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let (mut field, mut quoted) = (String::new(), false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => field.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    if !line.is_empty() {
        fields.push(field);
    }
    fields
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{field, split};

    #[test]
    fn csv_round_trips() {
        for names in [&["a"][..], &["a", "b c"], &["a,b", "c\"d", "é"]] {
            let line = names.iter().map(|name| field(name)).collect::<Vec<_>>().join(",");
            assert_eq!(split(&line), names);
        }
        assert!(split("").is_empty());
        assert_eq!(split("a,\"b,c\",\"d\"\"e\""), ["a", "b,c", "d\"e"]);
    }
}
