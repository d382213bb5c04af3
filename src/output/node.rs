//! What is printed: a JSON value whose lists and objects have an identity, as the nodes of YAML's representation graph.
//!
//! YAML prints an object that a query used twice once, with an anchor and an alias (YAML 1.2.2 section 3.2.1), so values
//! share their children instead of copying them and `same` tells whether two are one. Equality and truth are Python's,
//! by which AWS CLI evaluates. Imports nothing of ours.

use std::rc::Rc;

use serde_json::Value;

use super::number::Number;

/// Members of an object in their order; objects here are small, so a search by name walks them.
pub type Members = Vec<(Rc<str>, Node)>;

/// A JSON value with identity.
#[derive(Clone, Debug)]
pub enum Node {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of any size or a float
    Number(Number),
    /// Text
    String(Rc<str>),
    /// A list; clones are the same list
    List(Rc<Vec<Node>>),
    /// An object; clones are the same object
    Object(Rc<Members>),
}

impl Node {
    /// A new list.
    pub fn list(items: Vec<Node>) -> Self {
        Self::List(Rc::new(items))
    }

    /// A new object; names must differ.
    pub fn object(members: Members) -> Self {
        Self::Object(Rc::new(members))
    }

    /// A new list of objects that all have the same members.
    pub fn rows<const N: usize>(names: [&str; N], rows: impl IntoIterator<Item = [Node; N]>) -> Self {
        let names = names.map(Rc::<str>::from);
        let object = |row: [Node; N]| Self::object(names.iter().cloned().zip(row).collect());
        Self::list(rows.into_iter().map(object).collect())
    }

    /// A string.
    pub fn string(text: impl Into<Rc<str>>) -> Self {
        Self::String(text.into())
    }

    /// An integer.
    pub fn integer(value: i64) -> Self {
        Self::Number(Number::Integer(value.to_string().into()))
    }

    /// A member of an object; `None` if there is none, or if this is no object.
    pub(super) fn member(&self, name: &str) -> Option<&Node> {
        match self {
            Self::Object(members) => find(members, name),
            _ => None,
        }
    }

    /// Whether this is neither a list nor an object.
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object(_))
    }

    /// Whether this is an object without members.
    pub(super) fn is_empty_object(&self) -> bool {
        matches!(self, Self::Object(members) if members.is_empty())
    }

    /// Address of the list or object: equal for two nodes that are one. Scalars have no identity.
    pub(super) fn identity(&self) -> Option<usize> {
        match self {
            Self::List(items) => Some(Rc::as_ptr(items).addr()),
            Self::Object(members) => Some(Rc::as_ptr(members).addr()),
            _ => None,
        }
    }

    /// Python's truth: null, false, zero and everything empty are false.
    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            // NaN is true in Python.
            Self::Number(number) => number.to_f64() != 0.0,
            Self::String(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Object(members) => !members.is_empty(),
        }
    }

    /// Python's `==`: numbers by value, `True` equals 1 and `False` equals 0, objects without regard to order.
    pub(super) fn equals(&self, other: &Node) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                Rc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| x.equals(y)))
            }
            (Self::Object(a), Self::Object(b)) => {
                Rc::ptr_eq(a, b)
                    || (a.len() == b.len() && a.iter().all(|(name, x)| find(b, name).is_some_and(|y| x.equals(y))))
            }
            _ => match (self.as_number(), other.as_number()) {
                (Some(a), Some(b)) => a.compare(&b).is_some_and(std::cmp::Ordering::is_eq),
                _ => false,
            },
        }
    }

    /// The number that this is in Python's eyes, where booleans are numbers.
    fn as_number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(number.clone()),
            Self::Bool(value) => Some(Number::count(usize::from(*value))),
            _ => None,
        }
    }
}

/// The member of this name.
pub(super) fn find<'a>(members: &'a Members, name: &str) -> Option<&'a Node> {
    members.iter().find(|(other, _)| &**other == name).map(|(_, node)| node)
}

/// Sets a member: an existing one keeps its place, as in Python's `dict`.
pub(super) fn set(members: &mut Members, name: Rc<str>, node: Node) {
    match members.iter_mut().find(|(other, _)| *other == name) {
        Some((_, old)) => *old = node,
        None => members.push((name, node)),
    }
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(Number::from_json(&number.to_string())),
            Value::String(text) => Self::string(text.as_str()),
            Value::Array(items) => Self::list(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::object(members.iter().map(|(name, member)| (name.as_str().into(), member.into())).collect())
            }
        }
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self::from(&value)
    }
}

impl From<&Node> for Node {
    fn from(node: &Node) -> Self {
        node.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Node;

    #[test]
    fn equality_is_pythons() {
        for (a, b, equal) in [
            (json!(1), json!(1.0), true),
            (json!([true]), json!([1]), true),
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true),
            (json!({"a": 1}), json!({"b": 1}), false),
            (json!("1"), json!(1), false),
            (json!(null), json!(false), false),
            (json!([1, 2]), json!([1]), false),
        ] {
            assert_eq!(Node::from(&a).equals(&Node::from(&b)), equal, "{a} {b}");
        }
    }

    #[test]
    fn clones_are_one_and_copies_are_not() {
        let value = json!({"a": []});
        let node = Node::from(&value);
        assert_eq!(node.identity(), node.clone().identity());
        assert_ne!(node.identity(), Node::from(&value).identity());
        assert_eq!(Node::Null.identity(), None);
    }

    #[test]
    fn integers_beyond_machine_types_survive() {
        let value: serde_json::Value = serde_json::from_str("[123456789012345678901, 1e10]").unwrap();
        let Node::List(items) = Node::from(&value) else { panic!("a list") };
        let printed: Vec<String> = items
            .iter()
            .map(|item| match item {
                Node::Number(number) => number.python(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(printed, ["123456789012345678901", "10000000000.0"]);
    }
}
