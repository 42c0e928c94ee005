//! `flagkit eval`: one request a line in, one answer a line out, in the same order.
//!
//! Nothing that a line says ends the run: a request that cannot be read is answered
//! with an error.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use flagkit_core::{Attributes, ErrorCode, Resolution, Snapshot};
use flagkit_dialects::Dialect;

use crate::answer::{Answer, Fault};
use crate::arguments::Eval;
use crate::contexts;
use crate::document_file::Loaded;
use crate::failure::{Failure, Outcome};
use crate::lines;
use crate::world::World;

mod cases;
mod request;

use request::{Kind, Request};

/// Answers requests, or the cases of a conformance suite.
pub(crate) fn run(arguments: &Eval) -> Outcome {
    if let Some(cases) = &arguments.cases {
        return cases::run(cases, arguments.root.as_deref());
    }
    let flags = arguments.flags.as_deref().unwrap_or(Path::new("-"));
    if flags == arguments.requests && flags.as_os_str() == "-" {
        return Err(Failure::usage("flags and requests cannot both be the standard input"));
    }
    let loaded = Loaded::open(flags, &arguments.reading)?;
    let requests = lines::open(&arguments.requests)?;
    let (snapshot, contexts) = (&loaded.snapshot, loaded.contexts);
    let evaluator = Evaluator { snapshot, contexts, world: World::new(arguments.now) };
    let answer = |line: &[u8], out: &mut dyn Write| evaluator.answer_line(line, out);
    lines::each(requests, io::stdout().lock(), answer)?;
    Ok(ExitCode::SUCCESS)
}

/// What answers need.
struct Evaluator<'s> {
    snapshot: &'s Snapshot,
    contexts: Dialect,
    world: World,
}

impl Evaluator<'_> {
    fn answer_line(&self, line: &[u8], mut out: &mut dyn Write) -> io::Result<()> {
        let request = match Request::parse(line) {
            Ok(request) => request,
            Err(fault) => {
                let unread = Answer { id: "null", flag: None, result: Err(fault), default: "null" };
                return unread.write(&mut out);
            }
        };
        let flag = request.flag().ok();
        let result = self.resolve(&request);
        let (id, default) = (request.id(), request.default_value());
        Answer { id, flag: flag.as_deref(), result, default }.write(&mut out)
    }

    fn resolve<'r>(&'r self, request: &Request<'r>) -> Result<Resolution<'r>, Fault<'r>> {
        let flag = request.flag()?;
        let kind = request.kind()?;
        let found = if contexts::are_plain(self.contexts) {
            self.resolve_for(&flag, &request.context()?)
        } else {
            self.resolve_for(&flag, &request.context_in(self.contexts)?)
        };
        let found = found.map_err(|code| Fault::of_flag(code, &flag))?;
        match (kind, found.value()) {
            (Some(kind), Some(value)) if !kind.fits(value) => {
                Err(mismatch(kind, value.kind(), &flag))
            }
            _ => Ok(found),
        }
    }
}

impl<'s> Evaluator<'s> {
    fn resolve_for(
        &self,
        flag: &str,
        context: &impl Attributes,
    ) -> Result<Resolution<'s>, ErrorCode> {
        self.snapshot.resolve(flag, context, &self.world, &mut ())
    }
}

fn mismatch<'a>(wanted: Kind, found: &str, flag: &str) -> Fault<'a> {
    let message = format!("the flag `{flag}` serves {found}, not {wanted}");
    Fault::new(ErrorCode::TypeMismatch, message)
}

#[cfg(test)]
mod tests;
