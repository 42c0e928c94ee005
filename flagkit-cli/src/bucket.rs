//! `flagkit bucket`: who of a list of ids a flag is on for, now or at another percentage.

use std::io::{self, Write};
use std::process::ExitCode;

use flagkit_core::{ContextRef, ErrorCode, Resolution, Snapshot, ValueRef};

use crate::answer::{Answer, Fault};
use crate::arguments::{Bucket, Output};
use crate::document_file::{DocumentFile, Loaded, listing};
use crate::failure::{Failure, Outcome};
use crate::lines;
use crate::suggest;
use crate::terminal::{BAD, BOLD, GOOD, counted, grouped, printable};
use crate::world::World;

mod percentage;

/// Evaluates the flag for every id.
pub(crate) fn run(arguments: &Bucket) -> Outcome {
    if arguments.flags == arguments.ids && arguments.ids.as_os_str() == "-" {
        return Err(Failure::usage("flags and ids cannot both be the standard input"));
    }
    let loaded = load(arguments)?;
    let asker = Asker {
        snapshot: &loaded.snapshot,
        flag: &arguments.flag,
        attribute: &arguments.attribute,
        world: World::new(arguments.now),
    };
    let ids = lines::open(&arguments.ids)?;
    let mut count = Count::default();
    let out = anstream::stdout().lock();
    lines::each(ids, out, |id, out| asker.answer(id, arguments.output, &mut count, out))?;
    if arguments.output == Output::Text {
        count.print(arguments)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The flag file with the flag in it, at the percentage that was asked for.
fn load(arguments: &Bucket) -> Result<Loaded, Failure> {
    let key = &arguments.flag;
    let file = DocumentFile::read(&arguments.flags, &arguments.reading)?;
    let loaded = file.load()?;
    let name = &loaded.file.name;
    let Some(flag) = loaded.snapshot.flag(key) else {
        return Err(suggest::no_such_flag(&loaded.snapshot, key, name));
    };
    if let Some(code) = flag.fault() {
        listing::tell(&loaded)?;
        let fault = Fault::of_flag(code, key);
        return Err(Failure::input(format_args!("{name}: {}", fault.message)));
    }
    match arguments.percentage {
        Some(percentage) => percentage::at(loaded.file, key, percentage),
        None => Ok(loaded),
    }
}

/// Asks about one flag for many ids.
struct Asker<'s> {
    snapshot: &'s Snapshot,
    flag: &'s str,
    attribute: &'s str,
    world: World,
}

impl Asker<'_> {
    fn answer(
        &self,
        id: &[u8],
        output: Output,
        count: &mut Count,
        mut out: &mut dyn Write,
    ) -> io::Result<()> {
        let id = String::from_utf8_lossy(id);
        let attributes = [(self.attribute, ValueRef::String(&id))];
        // The ids are this attribute and nothing else: there is no targeting key beside it.
        let context = ContextRef::new(ValueRef::Null, &attributes);
        let result = self.snapshot.resolve(self.flag, &context, &self.world, &mut ());
        count.add(result.as_ref().is_ok_and(Resolution::is_enabled));
        match output {
            Output::Text => print_text(&mut out, &id, &result),
            Output::Json => {
                let result = result.map_err(|code| Fault::of_flag(code, self.flag));
                let id = serde_json::to_string(&id)?;
                Answer { id: &id, flag: Some(self.flag), result, default: "null" }.write(&mut out)
            }
        }
    }
}

fn print_text(
    out: &mut impl Write,
    id: &str,
    result: &Result<Resolution<'_>, ErrorCode>,
) -> io::Result<()> {
    let id = printable(id);
    match result {
        Ok(found) if found.is_enabled() => write!(out, "{id:<24} {GOOD}on{GOOD:#}")?,
        Ok(_) => write!(out, "{id:<24} {BAD}off{BAD:#}")?,
        Err(code) => write!(out, "{id:<24} {BAD}{code}{BAD:#}")?,
    }
    match result.as_ref().ok().and_then(Resolution::variant) {
        Some(variant) => write!(out, ": {}", printable(variant)),
        None => Ok(()),
    }
}

/// How many ids the flag is on for.
#[derive(Debug, Default)]
struct Count {
    all: usize,
    on: usize,
}

impl Count {
    fn add(&mut self, is_on: bool) {
        self.all += 1;
        self.on += usize::from(is_on);
    }

    fn print(&self, arguments: &Bucket) -> io::Result<()> {
        let flag = printable(&arguments.flag);
        let at = arguments.percentage.map(|percentage| format!(" at {percentage} %"));
        let (at, ids, on) = (at.unwrap_or_default(), counted(self.all, "id"), grouped(self.on));
        let mut out = anstream::stdout().lock();
        write!(out, "{BOLD}{flag}{BOLD:#}{at} is on for {on} of {ids}")?;
        if self.all > 0 {
            write!(out, " ({:.2} %)", self.percent())?;
        }
        writeln!(out)
    }

    #[expect(clippy::cast_precision_loss, reason = "printed with two decimals")]
    fn percent(&self) -> f64 {
        self.on as f64 / self.all as f64 * 100.0
    }
}
