//! The `yaml` and `yaml-stream` formats: block style, members sorted by name.
//!
//! The AWS CLI uses ruamel.yaml's safe dumper, whose emitter is libyaml; this uses a port of libyaml. `resolver`
//! decides which strings need quotes to remain strings.

mod resolver;

use std::collections::BTreeMap;

use libyaml_safer::{Emitter, Encoding, Event, MappingStyle, ScalarStyle, SequenceStyle};
use serde_json::Value;

use super::OutputError;
use crate::python::{self, is_scalar};

/// The `yaml` format. A scalar is printed as JSON: as a YAML document it would need an end marker.
pub(super) fn document(value: &Value) -> Result<String, OutputError> {
    if is_scalar(value) {
        return Ok(python::dumps(value, python::PRETTY) + "\n");
    }
    let mut text = Vec::new();
    let mut emitter = Emitter::new();
    emitter.set_output_string(&mut text);
    emitter.set_unicode(true);
    let result = emit_document(&mut emitter, value);
    drop(emitter);
    result.map_err(|error| OutputError { reason: error.to_string(), printed: Vec::new() })?;
    Ok(escaped(&String::from_utf8_lossy(&text)))
}

fn emit_document(emitter: &mut Emitter<'_>, value: &Value) -> libyaml_safer::Result<()> {
    emitter.emit(Event::stream_start(Encoding::Utf8))?;
    emitter.emit(Event::document_start(None, &[], true))?;
    emit(emitter, value)?;
    emitter.emit(Event::document_end(true))?;
    emitter.emit(Event::stream_end())
}

fn emit(emitter: &mut Emitter<'_>, value: &Value) -> libyaml_safer::Result<()> {
    match value {
        Value::Array(items) => {
            emitter.emit(Event::sequence_start(None, None, true, SequenceStyle::Block))?;
            items.iter().try_for_each(|item| emit(emitter, item))?;
            emitter.emit(Event::sequence_end())
        }
        Value::Object(members) => {
            emitter.emit(Event::mapping_start(None, None, true, MappingStyle::Block))?;
            for (name, member) in BTreeMap::from_iter(members) {
                emit_text(emitter, name)?;
                emit(emitter, member)?;
            }
            emitter.emit(Event::mapping_end())
        }
        Value::String(text) => emit_text(emitter, text),
        other => emit_scalar(emitter, &python::dumps(other, python::LINE).replace("Infinity", ".inf"), true),
    }
}

fn emit_text(emitter: &mut Emitter<'_>, text: &str) -> libyaml_safer::Result<()> {
    emit_scalar(emitter, text, resolver::is_string(text))
}

/// Writes a scalar: plain, if that is allowed and the emitter finds nothing that needs quotes.
fn emit_scalar(emitter: &mut Emitter<'_>, text: &str, may_be_plain: bool) -> libyaml_safer::Result<()> {
    let style = if text.contains(is_escaped) { ScalarStyle::DoubleQuoted } else { ScalarStyle::Any };
    emitter.emit(Event::scalar(None, None, text, may_be_plain, true, style))
}

/// Whether libyaml escapes a character that its port does not: those outside the basic plane.
fn is_escaped(character: char) -> bool {
    character > '\u{ffff}'
}

/// Escapes those characters, which only occur inside double quotes.
fn escaped(document: &str) -> String {
    let escape = |character: char| format!("\\U{:08X}", u32::from(character));
    document.chars().map(|c| if is_escaped(c) { escape(c) } else { c.into() }).collect()
}
