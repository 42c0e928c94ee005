//! The language of `contextEvaluator`: conditions in the manner of C, as an expression.
//!
//! ```text
//! choice     = or [ "?" choice ":" choice ]
//! or         = and { "||" and }
//! and        = comparison { "&&" comparison }
//! comparison = unary [ ("==" | "!=" | "<" | "<=" | ">" | ">=") unary ]
//! unary      = "!" unary | "(" choice ")" | TEXT | NUMBER | "true" | "false" | "null" | NAME
//! ```

use flagkit_core::Value;
use flagkit_core::document::{Function, Term};

/// Parses one whole text.
pub(super) fn parse(text: &str) -> Result<Term, String> {
    let mut parser = Parser { text, rest: text, depth: 0 };
    let term = parser.choice()?;
    parser.skip_blanks();
    if parser.rest.is_empty() { Ok(term) } else { Err(parser.unexpected()) }
}

struct Parser<'t> {
    text: &'t str,
    rest: &'t str,
    depth: usize,
}

impl Parser<'_> {
    fn choice(&mut self) -> Result<Term, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("the expression nests deeper than {DEPTH_MAX} levels"));
        }
        let condition = self.or()?;
        let term = if self.takes("?") {
            let then = self.choice()?;
            if !self.takes(":") {
                return Err(self.unexpected());
            }
            Term::Call(Function::If, vec![condition, then, self.choice()?])
        } else {
            condition
        };
        self.depth -= 1;
        Ok(term)
    }

    fn or(&mut self) -> Result<Term, String> {
        self.joined("||", Function::Or, Self::and)
    }

    fn and(&mut self) -> Result<Term, String> {
        self.joined("&&", Function::And, Self::comparison)
    }

    fn joined(
        &mut self,
        sign: &str,
        function: Function,
        part: fn(&mut Self) -> Result<Term, String>,
    ) -> Result<Term, String> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.takes(sign) {
            parts.push(part(self)?);
        }
        let is_alone = parts.len() == 1;
        match parts.pop() {
            Some(only) if is_alone => Ok(only),
            last => {
                parts.extend(last);
                Ok(Term::Call(function, parts))
            }
        }
    }

    fn comparison(&mut self) -> Result<Term, String> {
        let left = self.unary()?;
        for (sign, function) in COMPARISONS {
            if self.takes(sign) {
                return Ok(Term::Call(function.clone(), vec![left, self.unary()?]));
            }
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Term, String> {
        let mut negations = 0;
        while self.takes("!") {
            negations += 1;
        }
        let term = if self.takes("(") {
            let inner = self.choice()?;
            if !self.takes(")") {
                return Err(self.unexpected());
            }
            inner
        } else {
            self.plain()?
        };
        Ok(match negations {
            0 => term,
            odd if odd % 2 == 1 => Term::Call(Function::Not, vec![term]),
            _ => Term::Call(Function::IsTrue, vec![term]),
        })
    }

    /// A constant or a name.
    fn plain(&mut self) -> Result<Term, String> {
        self.skip_blanks();
        for quote in ["'", "\""] {
            if let Some(after) = self.rest.strip_prefix(quote) {
                let (text, after) = after.split_once(quote).ok_or("a text has no end")?;
                self.rest = after;
                return Ok(Term::Value(text.into()));
            }
        }
        let is_inside = |c: char| c.is_alphanumeric() || "_.$".contains(c);
        let word = match self.rest.strip_prefix('-') {
            Some(after) => after,
            None => self.rest,
        };
        let end = self.rest.len() - word.trim_start_matches(is_inside).len();
        let (word, after) = self.rest.split_at(end);
        let term = match word {
            "" | "-" => return Err(self.unexpected()),
            "true" => Term::Value(true.into()),
            "false" => Term::Value(false.into()),
            "null" => Term::Value(Value::Null),
            word => number(word).map_or_else(|| name(word), Term::Value),
        };
        self.rest = after;
        Ok(term)
    }

    fn takes(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        match self.rest.strip_prefix(sign) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn unexpected(&self) -> String {
        let place = self.text.len() - self.rest.len();
        let place = self.text.get(..place).unwrap_or_default().chars().count() + 1;
        match self.rest.chars().next() {
            Some(found) => format!("`{found}` is unexpected at character {place}"),
            None => "the expression ends too early".to_owned(),
        }
    }
}

fn number(word: &str) -> Option<Value> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let integer = word.parse().ok().map(Value::Integer);
    integer.or_else(|| word.parse().ok().map(Value::Float))
}

fn name(word: &str) -> Term {
    Term::Call(Function::Attribute, vec![Term::Value(word.into())])
}

/// Longer signs first: `<=` begins with `<`.
const COMPARISONS: &[(&str, Function)] = &[
    ("==", Function::Equal),
    ("!=", Function::Unequal),
    ("<=", Function::LessOrEqual),
    (">=", Function::GreaterOrEqual),
    ("<", Function::Less),
    (">", Function::Greater),
];

/// As deep as other documents nest; a level takes two of a compiled flag.
const DEPTH_MAX: usize = 16;
