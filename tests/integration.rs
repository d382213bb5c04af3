//! Everything that is tested from outside the library, in one binary: one module per subject.

/// Recorded runs of AWS CLI 2.36.7, made again.
mod parity;
