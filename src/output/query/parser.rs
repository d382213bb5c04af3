//! Parses tokens into an expression: a Pratt parser with the binding powers and quirks of Python's `jmespath`.
//!
//! The quirks affect results, so they are kept: after `[*].{…}` an index applies to the whole projection, a slice
//! directly after an index does not start a projection, and commas between arguments and between members are optional.
//! Errors that the AWS CLI finds during evaluation (functions, arity, a step of 0, a stray `&`) are found here, after
//! syntax errors.
//!

use super::QueryError;
use super::expression::Expression;
use super::lexer::{Token, tokens};
use super::signature;

/// The maximum depth of an expression, limited by the stack for parsing, evaluating and dropping it. Python allows a
/// few hundred levels.
pub(super) const DEPTH_LIMIT: usize = 200;

/// A token with a lower binding power ends a projection.
const PROJECTION_STOP: u8 = 10;

/// An expression and its depth.
struct Tree {
    root: Expression,
    height: usize,
}

type Parsed = Result<Tree, QueryError>;

struct Parser<'a> {
    expression: &'a str,
    tokens: Vec<(Token, usize)>,
    position: usize,
    /// The current depth of recursive calls of `expression`.
    nesting: usize,
    /// References that are not yet an argument of a function.
    references: usize,
    /// The first error that Python finds during evaluation.
    refused: Option<QueryError>,
}

/// Parses an expression.
pub(super) fn parse(expression: &str) -> Result<Expression, QueryError> {
    let tokens = tokens(expression)?;
    let mut parser = Parser { expression, tokens, position: 0, nesting: 0, references: 0, refused: None };
    let tree = parser.expression(0)?;
    if !matches!(parser.token(), Token::End) {
        return Err(parser.unexpected(&format!("Unexpected token: {}", parser.token().value()), 0));
    }
    if parser.references > 0 {
        parser.refuse(QueryError::Call(
            "An expression reference (&) can only be an argument of map(), max_by(), min_by() or sort_by()".to_owned(),
        ));
    }
    parser.refused.map_or(Ok(tree.root), Err)
}

impl Parser<'_> {
    fn expression(&mut self, binding_power: u8) -> Parsed {
        self.nesting += 1;
        if self.nesting > DEPTH_LIMIT {
            return Err(self.unexpected("The expression is nested too deeply", 0));
        }
        let mut left = self.prefix()?;
        while binding_power < self.token().power() {
            left = self.infix(left)?;
        }
        self.nesting -= 1;
        Ok(left)
    }

    /// Parses the start of an expression.
    fn prefix(&mut self) -> Parsed {
        let here = || Tree { root: Expression::Current, height: 1 };
        match self.advance() {
            Token::Literal(literal) => self.leaf(Expression::Literal(literal)),
            Token::QuotedIdentifier(_) if matches!(self.token(), Token::LeftParenthesis) => {
                Err(self.error("Quoted identifier not allowed for function names.", self.token(), 0))
            }
            Token::Identifier(name) | Token::QuotedIdentifier(name) => self.leaf(Expression::Field(name)),
            Token::Current => Ok(here()),
            Token::Star => self.values(here(), Token::Star.power()),
            Token::Flatten => self.flatten(here()),
            Token::Filter => self.filter(here()),
            Token::LeftBrace => self.multi_select_hash(),
            Token::LeftParenthesis => {
                let inner = self.expression(0)?;
                self.expect("rparen")?;
                Ok(inner)
            }
            Token::Not => {
                let inner = self.expression(Token::Not.power())?;
                self.one(Expression::Not, inner)
            }
            Token::Expref => {
                self.references += 1;
                let inner = self.expression(0)?;
                self.one(Expression::Reference, inner)
            }
            Token::LeftBracket => match (self.token(), self.token_after(1)) {
                (Token::Number(_) | Token::Colon, _) => self.index(here()),
                (Token::Star, Token::RightBracket) => {
                    self.position += 2;
                    self.projection(here(), Token::Star.power())
                }
                _ => self.multi_select_list(),
            },
            Token::End => Err(self.incomplete()),
            _ => Err(self.unexpected("invalid token", 1)),
        }
    }

    /// Parses what follows an expression.
    fn infix(&mut self, left: Tree) -> Parsed {
        let power = self.token().power();
        match self.advance() {
            Token::Dot if matches!(self.token(), Token::Star) => {
                self.position += 1;
                self.values(left, power)
            }
            Token::Dot => {
                let right = self.after_dot(power)?;
                self.two(Expression::Chain, left, right)
            }
            operator @ (Token::Pipe | Token::Or | Token::And | Token::Comparator(_)) => {
                let right = self.expression(power)?;
                let make = |left, right| match operator {
                    Token::Or => Expression::Or(left, right),
                    Token::And => Expression::And(left, right),
                    Token::Comparator(sign) => Expression::Comparison(sign, left, right),
                    _ => Expression::Chain(left, right),
                };
                self.two(make, left, right)
            }
            Token::Flatten => self.flatten(left),
            Token::Filter => self.filter(left),
            Token::LeftParenthesis => self.call(left),
            Token::LeftBracket => match self.token() {
                Token::Number(_) | Token::Colon => self.index(left),
                _ => {
                    self.expect("star")?;
                    self.expect("rbracket")?;
                    self.projection(left, Token::Star.power())
                }
            },
            _ => Err(self.unexpected("invalid token", 1)),
        }
    }

    /// Parses `[0]` or `[1:2]` on an expression, after the bracket.
    fn index(&mut self, left: Tree) -> Parsed {
        if let (Token::Number(index), false) = (self.token().clone(), matches!(self.token_after(1), Token::Colon)) {
            self.position += 1;
            self.expect("rbracket")?;
            let index = self.leaf(Expression::Index(index))?;
            return self.two(Expression::Indexed, left, index);
        }
        let mut parts = [None; 3];
        let mut part = 0;
        loop {
            match *self.token() {
                Token::Colon if part < 2 => part += 1,
                Token::Number(number) => parts[part] = Some(number),
                Token::RightBracket => break,
                _ => return Err(self.unexpected("syntax error", 0)),
            }
            self.position += 1;
        }
        self.position += 1;
        let [start, end, step] = parts;
        if step == Some(0) {
            self.refuse(QueryError::Evaluation("slice step cannot be zero".to_owned()));
        }
        let slice = self.leaf(Expression::Slice { start, end, step: step.unwrap_or(1) })?;
        let is_indexed = matches!(left.root, Expression::Indexed(..));
        let sliced = self.two(Expression::Indexed, left, slice)?;
        if is_indexed { Ok(sliced) } else { self.projection(sliced, Token::Star.power()) }
    }

    fn projection(&mut self, list: Tree, binding_power: u8) -> Parsed {
        let each = self.projected(binding_power)?;
        self.two(Expression::Projection, list, each)
    }

    fn values(&mut self, object: Tree, binding_power: u8) -> Parsed {
        let values = self.one(Expression::Values, object)?;
        self.projection(values, binding_power)
    }

    fn flatten(&mut self, list: Tree) -> Parsed {
        let flat = self.one(Expression::Flatten, list)?;
        self.projection(flat, Token::Flatten.power())
    }

    fn filter(&mut self, list: Tree) -> Parsed {
        let condition = self.expression(0)?;
        self.expect("rbracket")?;
        let each = match self.token() {
            Token::Flatten => self.leaf(Expression::Current)?,
            _ => self.projected(Token::Filter.power())?,
        };
        let height = list.height.max(condition.height).max(each.height);
        let [list, condition, each] = [list, condition, each].map(|tree| Box::new(tree.root));
        self.grown(Expression::Filter { list, condition, each }, height)
    }

    /// Parses the expression that applies to each element of a projection.
    fn projected(&mut self, binding_power: u8) -> Parsed {
        match self.token() {
            Token::LeftBracket | Token::Filter => self.expression(binding_power),
            Token::Dot => {
                self.position += 1;
                self.after_dot(binding_power)
            }
            token if token.power() < PROJECTION_STOP => self.leaf(Expression::Current),
            _ => Err(self.unexpected("syntax error", 0)),
        }
    }

    fn after_dot(&mut self, binding_power: u8) -> Parsed {
        match self.token() {
            Token::Identifier(_) | Token::QuotedIdentifier(_) | Token::Star => self.expression(binding_power),
            Token::LeftBracket => {
                self.position += 1;
                self.multi_select_list()
            }
            Token::LeftBrace => {
                self.position += 1;
                self.multi_select_hash()
            }
            other => {
                let expected = "['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace']";
                Err(self.unexpected(&format!("Expecting: {expected}, got: {}", other.name()), 0))
            }
        }
    }

    fn multi_select_list(&mut self) -> Parsed {
        let (mut elements, mut height) = (Vec::new(), 0);
        loop {
            let element = self.expression(0)?;
            height = height.max(element.height);
            elements.push(element.root);
            if matches!(self.token(), Token::RightBracket) {
                break;
            }
            self.expect("comma")?;
        }
        self.position += 1;
        self.grown(Expression::MultiSelectList(elements), height)
    }

    fn multi_select_hash(&mut self) -> Parsed {
        let (mut members, mut height) = (Vec::new(), 0);
        loop {
            let (Token::Identifier(name) | Token::QuotedIdentifier(name)) = self.token().clone() else {
                return Err(self.expected("['quoted_identifier', 'unquoted_identifier']"));
            };
            self.position += 1;
            self.expect("colon")?;
            let member = self.expression(0)?;
            height = height.max(member.height);
            members.push((name, member.root));
            match self.token() {
                Token::Comma => self.position += 1,
                Token::RightBrace => break,
                _ => {}
            }
        }
        self.position += 1;
        self.grown(Expression::MultiSelectHash(members), height)
    }

    /// Parses a function call, after the parenthesis; `left` must be a name.
    fn call(&mut self, left: Tree) -> Parsed {
        let Expression::Field(name) = left.root else {
            let name = self.tokens[self.position - 2].0.value();
            return Err(self.unexpected(&format!("Invalid function name '{name}'"), 2));
        };
        let (mut arguments, mut height) = (Vec::new(), 1);
        while !matches!(self.token(), Token::RightParenthesis) {
            let argument = self.expression(0)?;
            if matches!(self.token(), Token::Comma) {
                self.position += 1;
            }
            height = height.max(argument.height);
            arguments.push(argument.root);
        }
        self.position += 1;
        match self.function(&name, arguments) {
            Ok(call) => self.grown(call, height),
            Err(error) => {
                self.refuse(error);
                self.leaf(Expression::Current)
            }
        }
    }

    fn function(&mut self, name: &str, given: Vec<Expression>) -> Result<Expression, QueryError> {
        let function = signature::find(name).ok_or_else(|| QueryError::Call(format!("Unknown function: {name}()")))?;
        function.check_count(given.len())?;
        let (mut arguments, mut reference) = (Vec::new(), None);
        for (index, argument) in given.into_iter().enumerate() {
            match (argument, function.takes_reference(index)) {
                (Expression::Reference(inner), true) => {
                    self.references -= 1;
                    reference = Some(inner);
                }
                (_, true) => {
                    let number = index + 1;
                    return Err(QueryError::Call(format!(
                        "Argument {number} of function {name}() must be an expression reference, such as &name"
                    )));
                }
                (argument, false) => arguments.push(argument),
            }
        }
        Ok(Expression::Call { function, arguments, reference })
    }

    fn leaf(&self, root: Expression) -> Parsed {
        self.grown(root, 0)
    }

    fn one(&self, make: fn(Box<Expression>) -> Expression, inner: Tree) -> Parsed {
        self.grown(make(Box::new(inner.root)), inner.height)
    }

    fn two(
        &self,
        make: impl FnOnce(Box<Expression>, Box<Expression>) -> Expression,
        left: Tree,
        right: Tree,
    ) -> Parsed {
        self.grown(make(Box::new(left.root), Box::new(right.root)), left.height.max(right.height))
    }

    fn grown(&self, root: Expression, height: usize) -> Parsed {
        if height >= DEPTH_LIMIT {
            return Err(self.unexpected("The expression is nested too deeply", 0));
        }
        Ok(Tree { root, height: height + 1 })
    }

    fn refuse(&mut self, error: QueryError) {
        self.refused.get_or_insert(error);
    }

    fn token(&self) -> &Token {
        self.token_after(0)
    }

    fn token_after(&self, count: usize) -> &Token {
        self.tokens.get(self.position + count).map_or(&Token::End, |(token, _)| token)
    }

    fn advance(&mut self) -> Token {
        let token = self.token().clone();
        self.position += 1;
        token
    }

    /// Takes a token of this kind.
    fn expect(&mut self, name: &str) -> Result<(), QueryError> {
        if self.token().name() != name {
            return Err(self.expected(name));
        }
        self.position += 1;
        Ok(())
    }

    fn expected(&self, names: &str) -> QueryError {
        match self.token() {
            Token::End => self.incomplete(),
            other => self.unexpected(&format!("Expecting: {names}, got: {}", other.name()), 0),
        }
    }

    /// The error for an unexpected token, `back` tokens before the current one.
    fn unexpected(&self, reason: &str, back: usize) -> QueryError {
        let index = (self.position - back).min(self.tokens.len() - 1);
        let (token, column) = &self.tokens[index];
        self.error(reason, token, *column)
    }

    fn error(&self, reason: &str, token: &Token, column: usize) -> QueryError {
        let (value, name, expression) = (token.value(), token.name().to_uppercase(), self.expression);
        let mark = " ".repeat(column + 1);
        QueryError::Syntax(format!(
            "{reason}: Parse error at column {column}, token \"{value}\" ({name}), for expression:\n\"{expression}\"\n{mark}^"
        ))
    }

    fn incomplete(&self) -> QueryError {
        let mark = " ".repeat(self.expression.chars().count() + 1);
        QueryError::Syntax(format!(
            "Invalid jmespath expression: Incomplete expression:\n\"{}\"\n{mark}^",
            self.expression
        ))
    }
}
