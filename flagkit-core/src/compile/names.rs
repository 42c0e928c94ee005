//! Names that many flags have in common: kept once.

use std::sync::Arc;

use hashbrown::HashSet;

use crate::document::Flag;
use crate::value::Value;

/// The ids and labels of rules, and the keys and texts of variants, of one compile.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: HashSet<Arc<str>>,
}

impl Names {
    /// Lets a flag hold the names that flags before it have, in place of its own copies.
    pub(super) fn share(&mut self, flag: &mut Flag) {
        for rule in &mut flag.rules {
            self.share_name(rule.id.as_mut());
            self.share_name(rule.label.as_mut());
        }
        for variant in &mut flag.variants {
            self.share_name(variant.key.as_mut());
            if let Value::String(text) = &mut variant.value {
                self.share_name(Some(text));
            }
        }
    }

    fn share_name(&mut self, name: Option<&mut Arc<str>>) {
        // Long ones are rarely told twice, and comparing them takes time.
        let Some(name) = name.filter(|name| name.len() <= LENGTH_MAX) else { return };
        match self.known.get(&**name) {
            Some(known) => *name = known.clone(),
            None => {
                self.known.insert(name.clone());
            }
        }
    }
}

const LENGTH_MAX: usize = 64;
