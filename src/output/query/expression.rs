//! An expression ready to be evaluated: the parser's tree with literals put back, functions looked up, arguments counted.
//!
//! `&` makes a function's argument and nothing else: AWS CLI would take it elsewhere and then fail while it prints.
//! Imports nothing of ours.

use std::rc::Rc;

use jmespath::ast::{Ast, Comparator};

use super::QueryError;
use super::signature::{self, Function};
use crate::output::node::Node;

/// What to evaluate on a node; the names are JMESPath's.
#[derive(Debug)]
pub(super) enum Expression {
    Current,
    Field(Rc<str>),
    Index(i32),
    Slice {
        start: Option<i32>,
        end: Option<i32>,
        step: i32,
    },
    Literal(Node),
    /// `a.b` and `a | b`: the second on the result of the first
    Chain(Box<Expression>, Box<Expression>),
    MultiSelectList(Vec<Expression>),
    MultiSelectHash(Vec<(Rc<str>, Expression)>),
    Or(Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Comparison(Box<Expression>, Comparator, Box<Expression>),
    /// The second on each element of the first
    Projection(Box<Expression>, Box<Expression>),
    /// Inside a projection: the second where the first is true
    Filter(Box<Expression>, Box<Expression>),
    Flatten(Box<Expression>),
    Values(Box<Expression>),
    /// A function, its arguments and the one that comes as `&expression`
    Call {
        function: &'static Function,
        arguments: Vec<Expression>,
        reference: Option<Box<Expression>>,
    },
}

impl Expression {
    /// Compiles the parser's tree; literals in it are numbers of those given.
    pub(super) fn compile(ast: &Ast, literals: &[Node]) -> Result<Self, QueryError> {
        let one = |ast: &Ast| Self::compile(ast, literals).map(Box::new);
        Ok(match ast {
            Ast::Identity { .. } => Self::Current,
            Ast::Field { name, .. } => Self::Field(name.as_str().into()),
            Ast::Index { idx, .. } => Self::Index(*idx),
            Ast::Slice { step: 0, .. } => return Err(QueryError::Evaluation("slice step cannot be zero".to_owned())),
            Ast::Slice { start, stop, step, .. } => Self::Slice { start: *start, end: *stop, step: *step },
            Ast::Literal { value, .. } => {
                let number = value.as_string().and_then(|number| number.parse::<usize>().ok());
                let literal = number.and_then(|number| literals.get(number));
                Self::Literal(literal.cloned().ok_or_else(|| QueryError::Syntax("A literal was lost".to_owned()))?)
            }
            Ast::Subexpr { lhs, rhs, .. } => Self::Chain(one(lhs)?, one(rhs)?),
            Ast::MultiList { elements, .. } => Self::MultiSelectList(
                elements.iter().map(|ast| Self::compile(ast, literals)).collect::<Result<_, _>>()?,
            ),
            Ast::MultiHash { elements, .. } => {
                let members = elements.iter();
                let members = members.map(|pair| Ok((pair.key.as_str().into(), Self::compile(&pair.value, literals)?)));
                Self::MultiSelectHash(members.collect::<Result<_, QueryError>>()?)
            }
            Ast::Or { lhs, rhs, .. } => Self::Or(one(lhs)?, one(rhs)?),
            Ast::And { lhs, rhs, .. } => Self::And(one(lhs)?, one(rhs)?),
            Ast::Not { node, .. } => Self::Not(one(node)?),
            Ast::Comparison { lhs, comparator, rhs, .. } => Self::Comparison(one(lhs)?, comparator.clone(), one(rhs)?),
            Ast::Projection { lhs, rhs, .. } => Self::Projection(one(lhs)?, one(rhs)?),
            Ast::Condition { predicate, then, .. } => Self::Filter(one(predicate)?, one(then)?),
            Ast::Flatten { node, .. } => Self::Flatten(one(node)?),
            Ast::ObjectValues { node, .. } => Self::Values(one(node)?),
            Ast::Function { name, args, .. } => return Self::call(name, args, literals),
            Ast::Expref { .. } => {
                return Err(QueryError::Call(
                    "An expression reference (&) can only be an argument of map(), max_by(), min_by() or sort_by()"
                        .to_owned(),
                ));
            }
        })
    }

    fn call(name: &str, asts: &[Ast], literals: &[Node]) -> Result<Self, QueryError> {
        let function = signature::find(name).ok_or_else(|| QueryError::Call(format!("Unknown function: {name}()")))?;
        function.check_count(asts.len())?;
        let (mut arguments, mut reference) = (Vec::new(), None);
        for (index, ast) in asts.iter().enumerate() {
            match ast {
                Ast::Expref { ast, .. } if function.takes_reference(index) => {
                    reference = Some(Box::new(Self::compile(ast, literals)?));
                }
                _ if function.takes_reference(index) => {
                    return Err(QueryError::Call(format!(
                        "Argument {} of function {name}() must be an expression reference, such as &name",
                        index + 1
                    )));
                }
                _ => arguments.push(Self::compile(ast, literals)?),
            }
        }
        Ok(Self::Call { function, arguments, reference })
    }
}
