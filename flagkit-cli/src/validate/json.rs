//! The findings for programs: one object.

use std::io::{self, Write};

use flagkit_dialects::Position;
use serde_json::{Value, json};

use crate::document_file::{Finding, Trouble, listing};
use crate::validate::Checked;

/// Prints `{"ok": …, "files": […]}`; `ok` is whether the command succeeds.
pub(super) fn print(checked: &[Checked], strict: bool) -> io::Result<()> {
    let ok = !checked.iter().any(|checked| checked.fails(strict));
    let files: Vec<Value> = checked.iter().map(file).collect();
    let all = json!({ "ok": ok, "files": files });
    writeln!(io::stdout().lock(), "{all:#}")
}

fn file(checked: &Checked) -> Value {
    let (name, dialect, diagnostics) = match checked {
        Checked::Document(loaded) => {
            let findings = checked.findings().iter().map(finding).collect();
            (&loaded.file.name, Some(loaded.file.dialect.name()), findings)
        }
        Checked::None(trouble) => (&trouble.name, None, vec![no_document(trouble)]),
    };
    json!({
        "file": name,
        "dialect": dialect,
        "flags": checked.flags(),
        "errors": checked.errors(),
        "warnings": checked.warnings(),
        "diagnostics": diagnostics,
    })
}

fn finding(finding: &Finding) -> Value {
    let (line, column) = coordinates(finding.position);
    let diagnostic = &finding.diagnostic;
    json!({
        "severity": listing::severity(diagnostic),
        "line": line,
        "column": column,
        "path": diagnostic.path,
        "problem": diagnostic.problem,
        "consequence": diagnostic.consequence,
        "mend": diagnostic.mend,
    })
}

fn no_document(trouble: &Trouble) -> Value {
    let (line, column) = coordinates(trouble.position);
    json!({
        "severity": "error",
        "line": line,
        "column": column,
        "path": "",
        "problem": trouble.message,
        "consequence": "the file holds no document",
        "mend": "",
    })
}

fn coordinates(position: Option<Position>) -> (Option<usize>, Option<usize>) {
    (position.map(|position| position.line), position.map(|position| position.column))
}
