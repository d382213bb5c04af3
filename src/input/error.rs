//! What can be wrong with the input of an operation, in the words of the AWS CLI.

use std::fmt;

/// Input that cannot be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum InputError {
    /// Required options that are absent while no document or template takes their place.
    OptionsMissing(Vec<String>),
    /// Both `--cli-input-json` and `--cli-input-yaml`.
    TwoDocuments,
    /// A value that cannot be loaded or read.
    Parameter {
        /// The option.
        option: String,
        /// What is wrong with its value.
        problem: String,
    },
    /// Members that are missing, unknown or of the wrong type; one line each.
    Invalid(Vec<String>),
}

impl InputError {
    pub(super) fn parameter(option: &str, problem: impl Into<String>) -> Self {
        Self::Parameter { option: option.to_owned(), problem: problem.into() }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OptionsMissing(options) => {
                write!(f, "the following arguments are required: {}", options.join(", "))
            }
            Self::TwoDocuments => f.write_str("Only one --cli-input- parameter may be specified."),
            Self::Parameter { option, problem } => write!(f, "Error parsing parameter '{option}': {problem}"),
            Self::Invalid(lines) => write!(f, "Parameter validation failed:\n{}", lines.join("\n")),
        }
    }
}

impl std::error::Error for InputError {}
