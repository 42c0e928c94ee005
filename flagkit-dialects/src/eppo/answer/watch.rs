//! What an evaluation looked at, as far as the vendor's details need it.
//!
//! A rule's condition is a list whose parts are tests of the time and one choice among rules;
//! `allocation.rs` writes it so. Steps further inside are not kept.

use std::fmt::Display;

use flagkit_core::{ErrorCode, Resolution, Scope, Trace, ValueRef};

/// The rules that were looked at, in order.
#[derive(Debug, Default)]
pub(super) struct Watch {
    rules: Vec<Looked>,
    open: Vec<Open>,
}

/// What became of a rule.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// Whether each part of the condition held; nothing follows one that did not.
    pub(super) parts: Vec<bool>,
    /// Which of the choices held.
    pub(super) choice: Option<usize>,
    /// Which branch was taken, the innermost.
    pub(super) branch: Option<usize>,
}

impl Looked {
    /// Whether the whole condition held.
    pub(super) fn holds(&self) -> bool {
        self.parts.iter().all(|holds| *holds)
    }
}

/// Something that was entered and not yet left.
#[derive(Debug)]
struct Open {
    what: What,
    /// How many steps inside are over.
    over: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Flag,
    Rule,
    All,
    Any,
    Branch(usize),
    Other,
}

impl Watch {
    pub(super) fn rules(&self) -> &[Looked] {
        &self.rules
    }

    /// One step inside of what is open is over.
    fn over(&mut self, holds: bool) {
        let place = self.open.iter().map(|open| open.what).collect::<Vec<_>>();
        let (Some(open), Some(rule)) = (self.open.last_mut(), self.rules.last_mut()) else {
            return;
        };
        match place.as_slice() {
            [What::Flag, What::Rule, What::All] => rule.parts.push(holds),
            [What::Flag, What::Rule, What::All, What::Any] if holds => {
                rule.choice = Some(open.over);
            }
            _ => {}
        }
        open.over += 1;
    }
}

impl Trace for Watch {
    fn enter(&mut self, what: &Scope<'_>) {
        let what = match what {
            Scope::Flag(_) => What::Flag,
            Scope::Rule { .. } => {
                self.rules.push(Looked::default());
                What::Rule
            }
            Scope::All => What::All,
            Scope::Any => What::Any,
            Scope::Branch(place) => What::Branch(*place),
            _ => What::Other,
        };
        self.open.push(Open { what, over: 0 });
    }

    fn leave(&mut self, holds: Result<bool, ErrorCode>) {
        let left = self.open.pop().map(|open| open.what);
        let holds = holds.unwrap_or(false);
        if let (Some(What::Branch(place)), true, Some(rule)) = (left, holds, self.rules.last_mut())
        {
            rule.branch = Some(place);
        }
        self.over(holds);
    }

    fn test(
        &mut self,
        _test: &dyn Display,
        _value: Option<ValueRef<'_>>,
        holds: Result<bool, ErrorCode>,
    ) {
        self.over(holds.unwrap_or(false));
    }

    fn served(&mut self, _result: &Result<Resolution<'_>, ErrorCode>) {
        self.open.pop();
    }
}
