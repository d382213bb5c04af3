//! Tests of the project rather than of the program: documents, layers, generated files, packages.

mod documents;
mod files;
mod generated;
mod help_texts;
mod imports;
#[cfg(target_os = "linux")]
mod install;
mod layers;
pub(crate) mod manual;
#[cfg(target_os = "linux")]
mod packages;
#[cfg(target_os = "linux")]
mod picture;
mod readme;
pub(crate) mod source_files;
