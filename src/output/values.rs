//! Shared by the formats: whether a value is a scalar, and members sorted by name.

use serde_json::{Map, Value};

/// Whether a value is a scalar: neither a list nor an object.
pub(super) fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// Members sorted by name.
pub(super) fn sorted(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    sorted
}
