//! Patterns as Python's `re` understands them, in the words of the engines that are at hand.
//!
//! Most patterns become one for the core's engine, which takes linear time and no memory. One
//! that looks around or back needs an engine that tries again ([`Engine::Backtracking`]).
//! What neither can say exactly is an error.

mod class;
mod escape;

/// A pattern in other words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pattern {
    pub(super) source: String,
    pub(super) engine: Engine,
}

/// Who can match a pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Engine {
    /// The core's own.
    Linear,
    /// One that remembers where it has been.
    Backtracking,
}

/// Puts a pattern of Python into other words; `Err` says what cannot be said.
pub(super) fn translate(pattern: &str) -> Result<Pattern, String> {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len() + 8),
        engine: Engine::Linear,
        flags: vec![Flags::default()],
        groups: 0,
        names: Vec::new(),
    };
    translator.whole()?;
    Ok(Pattern { source: translator.out, engine: translator.engine })
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
    engine: Engine,
    /// The flags of every group that is open; the first are those of the whole pattern.
    flags: Vec<Flags>,
    groups: usize,
    names: Vec<(&'p str, usize)>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Flags {
    multiline: bool,
    ignores_case: bool,
}

impl<'p> Translator<'p> {
    fn whole(&mut self) -> Result<(), String> {
        while let Some(character) = self.next() {
            match character {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.open()?,
                ')' if self.flags.len() > 1 => {
                    self.flags.pop();
                    self.out.push(')');
                }
                ')' => return Err("it has a `)` too many".to_owned()),
                '^' => self.out.push_str(if self.flags().multiline { "^" } else { r"\A" }),
                '$' => self.end(),
                '{' => self.brace(),
                // A quantifier that gives nothing back.
                '+' if self.out.ends_with(['*', '+', '?', '}']) && !self.is_literal_before() => {
                    self.engine = Engine::Backtracking;
                    self.out.push('+');
                }
                '.' | '|' | '*' | '+' | '?' => self.out.push(character),
                plain => self.literal(plain),
            }
        }
        if self.flags.len() > 1 { Err("it lacks a `)`".to_owned()) } else { Ok(()) }
    }

    fn flags(&self) -> Flags {
        self.flags.last().copied().unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        Some(character)
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take_until(&mut self, end: char) -> Result<&'p str, String> {
        let (taken, rest) =
            self.rest.split_once(end).ok_or_else(|| format!("it lacks a `{end}`"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// A character that means itself.
    fn literal(&mut self, character: char) {
        if character.is_ascii_punctuation() {
            self.out.push('\\');
        }
        self.out.push(character);
    }

    /// Whether the last character written was escaped, so that it is no quantifier.
    fn is_literal_before(&self) -> bool {
        let mut before = self.out.chars().rev().skip(1);
        before.by_ref().take_while(|character| *character == '\\').count() % 2 == 1
    }

    /// `$`: the end, or just before a line break that ends the text.
    fn end(&mut self) {
        if self.flags().multiline {
            self.out.push_str("(?m:$)");
            return;
        }
        let is_last = self.rest.trim_start_matches(')').is_empty();
        let ends_alternative = self.flags.len() == 1 && self.rest.starts_with('|');
        if is_last || ends_alternative {
            // Nothing follows, so the line break may as well be taken.
            self.out.push_str(r"(?:\n?\z)");
        } else {
            self.engine = Engine::Backtracking;
            self.out.push_str(r"(?=\n?\z)");
        }
    }

    /// A repetition such as `{2,3}`, or a brace that means itself.
    fn brace(&mut self) {
        let body = self.rest.split_once('}').map(|(body, _)| body);
        let bounds = body.filter(|body| !body.is_empty()).and_then(repetition);
        let Some((from, to)) = bounds else { return self.literal('{') };
        self.rest = self.rest.split_once('}').map_or("", |(_, rest)| rest);
        let bounds = match to {
            Some(to) if to == from => format!("{{{from}}}"),
            Some(to) => format!("{{{from},{to}}}"),
            None => format!("{{{from},}}"),
        };
        self.out.push_str(&bounds);
    }

    fn open(&mut self) -> Result<(), String> {
        if !self.take("?") {
            self.groups += 1;
            return self.enter("(", self.flags());
        }
        for (sign, is_plain) in [(":", true), ("=", false), ("!", false), (">", false)] {
            if self.take(sign) {
                return self.enter_special(&format!("(?{sign}"), is_plain);
            }
        }
        for sign in ["<=", "<!"] {
            if self.take(sign) {
                return self.enter_special(&format!("(?{sign}"), false);
            }
        }
        if self.take("#") {
            return self.take_until(')').map(|_| ());
        }
        if self.take("P<") {
            let name = self.take_until('>')?;
            self.groups += 1;
            self.names.push((name, self.groups));
            return self.enter("(", self.flags());
        }
        if self.take("P=") {
            let name = self.take_until(')')?;
            let known = self.names.iter().find(|(known, _)| *known == name);
            let number = known.ok_or_else(|| format!("there is no group `{name}`"))?.1;
            return self.back_reference(number);
        }
        if self.rest.starts_with('(') {
            return Err("groups that depend on other groups are not supported".to_owned());
        }
        self.set_flags()
    }

    fn enter(&mut self, text: &str, flags: Flags) -> Result<(), String> {
        self.flags.push(flags);
        self.out.push_str(text);
        if self.flags.len() > DEPTH_MAX {
            return Err(format!("groups are nested more than {DEPTH_MAX} deep"));
        }
        Ok(())
    }

    fn enter_special(&mut self, text: &str, is_plain: bool) -> Result<(), String> {
        if !is_plain {
            self.engine = Engine::Backtracking;
        }
        self.enter(text, self.flags())
    }

    fn back_reference(&mut self, number: usize) -> Result<(), String> {
        if self.flags().ignores_case {
            return Err("references back that ignore case are not supported".to_owned());
        }
        if number > self.groups {
            return Err(format!("there is no group {number}"));
        }
        self.engine = Engine::Backtracking;
        // A group of its own keeps digits that follow apart from the number.
        self.out.extend([r"(?:\", &number.to_string(), ")"]);
        Ok(())
    }

    /// `(?i)` for the whole pattern, `(?i-s:` for a group.
    fn set_flags(&mut self) -> Result<(), String> {
        let names: &str = {
            let end = self.rest.find([')', ':']).ok_or("a group does not end")?;
            let (names, rest) = self.rest.split_at(end);
            self.rest = rest;
            names
        };
        let (on, off) = names.split_once('-').unwrap_or((names, ""));
        if !on.chars().chain(off.chars()).all(|flag| matches!(flag, 'i' | 'm' | 's' | 'u')) {
            return Err(format!("the flags `{names}` are not supported"));
        }
        let mut flags = self.flags();
        flags.multiline = (flags.multiline || on.contains('m')) && !off.contains('m');
        flags.ignores_case = (flags.ignores_case || on.contains('i')) && !off.contains('i');
        let group = names.replace('u', "");
        let group = group.strip_suffix('-').unwrap_or(&group);
        if self.take(":") {
            return self.enter(&format!("(?{group}:"), flags);
        }
        self.expect_flags_at_start(off)?;
        self.take(")");
        self.flags = vec![flags];
        if !group.is_empty() {
            self.out.extend(["(?", group, ")"]);
        }
        Ok(())
    }

    fn expect_flags_at_start(&self, off: &str) -> Result<(), String> {
        if self.flags.len() > 1 || !off.is_empty() || !self.out.is_empty() {
            return Err("flags of the whole pattern must stand at its start".to_owned());
        }
        Ok(())
    }
}

/// The bounds of `2`, `2,`, `,3` and `2,3`.
fn repetition(body: &str) -> Option<(u32, Option<u32>)> {
    let bound = |text: &str, missing| match text {
        "" => Some(missing),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok().map(Some),
        _ => None,
    };
    match body.split_once(',') {
        None => bound(body, None)?.map(|exact| (exact, Some(exact))),
        Some((from, to)) => Some((bound(from, Some(0))??, bound(to, None)?)),
    }
}

const DEPTH_MAX: usize = 50;

#[cfg(test)]
mod tests;
