//! The functions of JMESPath: their names, and the number and types of their arguments.
//!
//! Types are written as in the specification: `array-number` is an array of numbers. Several types are alternatives; no
//! type accepts any value.

use serde_json::Value;

use super::functions::members;
use super::values::type_name;
use super::{QueryError, functions};
use crate::python;

/// The implementation of a function.
#[derive(Debug)]
pub(super) enum Body {
    /// Cannot fail for values of the right types
    Total(fn(&[Value]) -> Value),
    /// Can fail
    Partial(fn(&[Value]) -> Result<Value, QueryError>),
    /// Evaluates the expression reference among its arguments
    By(fn(&[Value], functions::By<'_>) -> Result<Value, QueryError>),
}

/// A function of JMESPath.
#[derive(Debug)]
pub(super) struct Function {
    name: &'static str,
    parameters: &'static [&'static [&'static str]],
    /// Whether the last parameter can be repeated.
    variadic: bool,
    body: Body,
}

/// The type of a parameter that is an expression reference.
const EXPREF: &[&str] = &["expref"];
const ANY: &[&str] = &[];
const COMPARABLES: &[&str] = &["array-number", "array-string"];

const fn function(name: &'static str, parameters: &'static [&'static [&'static str]], body: Body) -> Function {
    Function { name, parameters, variadic: false, body }
}

use Body::{By, Partial, Total};

static FUNCTIONS: [Function; 26] = [
    function("abs", &[&["number"]], Total(functions::abs)),
    function("avg", &[&["array-number"]], Total(functions::avg)),
    function("ceil", &[&["number"]], Partial(|arguments| functions::rounded(arguments, f64::ceil))),
    function("contains", &[&["array", "string"], ANY], Partial(functions::contains)),
    function("ends_with", &[&["string"], &["string"]], Total(functions::ends_with)),
    function("floor", &[&["number"]], Partial(|arguments| functions::rounded(arguments, f64::floor))),
    function("join", &[&["string"], &["array-string"]], Partial(functions::join)),
    function("keys", &[&["object"]], Total(|given| members(&given[0]).map(|(name, _)| name.clone()).collect())),
    function("length", &[&["string", "array", "object"]], Total(functions::length)),
    function("map", &[EXPREF, &["array"]], By(functions::map)),
    function("max", &[COMPARABLES], Partial(|arguments| functions::extreme(arguments, ">"))),
    function("max_by", &[&["array"], EXPREF], By(|arguments, by| functions::extreme_by("max_by", arguments, by, ">"))),
    Function { variadic: true, ..function("merge", &[&["object"]], Partial(functions::merge)) },
    function("min", &[COMPARABLES], Partial(|arguments| functions::extreme(arguments, "<"))),
    function("min_by", &[&["array"], EXPREF], By(|arguments, by| functions::extreme_by("min_by", arguments, by, "<"))),
    Function { variadic: true, ..function("not_null", &[ANY], Total(functions::not_null)) },
    function("reverse", &[&["array", "string"]], Total(functions::reverse)),
    function("sort", &[&["array-string", "array-number"]], Total(functions::sort)),
    function("sort_by", &[&["array"], EXPREF], By(functions::sort_by)),
    function("starts_with", &[&["string"], &["string"]], Total(functions::starts_with)),
    function("sum", &[&["array-number"]], Total(functions::sum)),
    function("to_array", &[ANY], Total(functions::to_array)),
    function("to_number", &[ANY], Total(functions::to_number)),
    function("to_string", &[ANY], Total(functions::to_string)),
    function("type", &[ANY], Total(|given| type_name(&given[0]).into())),
    function("values", &[&["object"]], Total(|given| members(&given[0]).map(|(_, member)| member.clone()).collect())),
];

/// The function with this name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

impl Function {
    /// Calls the function; `by` evaluates its expression reference, if it has one.
    pub(super) fn call(&self, arguments: &[Value], by: functions::By<'_>) -> Result<Value, QueryError> {
        self.check_types(arguments)?;
        match self.body {
            Total(body) => Ok(body(arguments)),
            Partial(body) => body(arguments),
            By(body) => body(arguments, by),
        }
    }

    /// Whether this argument is an expression reference.
    pub(super) fn takes_reference(&self, index: usize) -> bool {
        self.parameters.get(index) == Some(&EXPREF)
    }

    /// Fails if the number of arguments is wrong.
    pub(super) fn check_count(&self, received: usize) -> Result<(), QueryError> {
        let expected = self.parameters.len();
        if received == expected || self.variadic && received > expected {
            return Ok(());
        }
        let at_least = if self.variadic { "at least " } else { "" };
        let plural = if expected == 1 { "" } else { "s" };
        let name = self.name;
        Err(QueryError::Call(format!(
            "Expected {at_least}{expected} argument{plural} for function {name}(), received {received}"
        )))
    }

    /// Fails if an argument has the wrong type. Of a variadic parameter only the first argument is checked.
    fn check_types(&self, arguments: &[Value]) -> Result<(), QueryError> {
        let parameters = self.parameters.iter().filter(|types| **types != EXPREF);
        parameters.zip(arguments).try_for_each(|(types, argument)| self.check_type(argument, types))
    }

    fn check_type(&self, argument: &Value, types: &'static [&'static str]) -> Result<(), QueryError> {
        let fail = |value: &Value, received| Err(QueryError::wrong_type(self.name, value, types, received));
        let name = type_name(argument);
        if !types.is_empty() && !types.iter().any(|expected| expected.split('-').next() == Some(name)) {
            return fail(argument, name);
        }
        let (Value::Array(items), elements) = (argument, element_types(types)) else { return Ok(()) };
        // With several element types, the first element decides.
        let wanted = match (&elements[..], items.first()) {
            ([], _) | (_, None) => return Ok(()),
            ([only], _) => Some(*only),
            (_, Some(first)) => elements.iter().copied().find(|wanted| *wanted == type_name(first)),
        };
        match items.iter().find(|item| Some(type_name(item)) != wanted) {
            // Python prints its own type name here.
            Some(item) => fail(item, python::type_name(item)),
            None => Ok(()),
        }
    }
}

fn element_types(types: &[&'static str]) -> Vec<&'static str> {
    types.iter().filter_map(|name| name.split_once('-')).map(|(_, element)| element).collect()
}
