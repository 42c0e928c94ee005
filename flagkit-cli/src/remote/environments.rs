//! `flagkit environments`: sets of flags, each with keys and a version of its own.

use std::io::Write;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arguments::remote::{Environments, EnvironmentsCommand, NewEnvironment, Target};
use crate::failure::{Failure, Outcome};
use crate::remote::connection::Request;
use crate::remote::session::Session;
use crate::remote::table::{self, Cell};
use crate::terminal::{BAD, BOLD, FAINT, print_json, printable};

/// Does what was asked for; lists the environments of all projects where nothing was.
pub(crate) fn run(arguments: &Environments) -> Outcome {
    match &arguments.command {
        None => list(&arguments.target),
        Some(EnvironmentsCommand::List(target)) => list(target),
        Some(EnvironmentsCommand::Create(arguments)) => create(arguments),
    }
}

#[derive(Debug, Deserialize, Serialize)]
struct Environment {
    project: String,
    key: String,
    name: String,
    production: bool,
    dialect: String,
    version: String,
    flags: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    diagnostics: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Project {
    key: String,
    environments: Vec<Environment>,
}

#[derive(Debug, Deserialize)]
struct Projects {
    items: Vec<Project>,
}

fn list(target: &Target) -> Outcome {
    let session = Session::open(target)?;
    let projects = projects(&session)?;
    let all: Vec<Environment> =
        projects.into_iter().flat_map(|project| project.environments).collect();
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &all)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<[Cell; 6]> = all.iter().map(Environment::row).collect();
    let headings = ["PROJECT", "ENVIRONMENT", "FLAGS", "DOCUMENT", "VERSION", ""];
    table::print(&mut out, headings, &rows)?;
    Ok(ExitCode::SUCCESS)
}

/// Creates the environment, and its project if there is none.
fn create(arguments: &NewEnvironment) -> Outcome {
    let session = Session::open(&arguments.target)?;
    let project = session.project.as_str();
    if projects(&session)?.iter().all(|known| known.key != project) {
        let request = Request::post(PROJECTS).json(JSON, &json!({ "key": project }))?;
        session.connection.ask(request)?;
    }
    let body = json!({ "key": arguments.name, "production": arguments.production });
    let path = ["api", "v1", "projects", project, "environments"];
    let answer = session.connection.ask(Request::post(path).json(JSON, &body)?)?;
    let created: Environment = answer.json()?;
    let mut out = anstream::stdout().lock();
    if session.is_json {
        print_json(&mut out, &created)?;
        return Ok(ExitCode::SUCCESS);
    }
    let name = printable(&created.key);
    writeln!(out, "{BOLD}{name}{BOLD:#} of {} is there, without flags", printable(project))?;
    writeln!(
        out,
        "{FAINT}`flagkit keys create NAME -e {name}` makes a key for applications{FAINT:#}"
    )?;
    Ok(ExitCode::SUCCESS)
}

fn projects(session: &Session) -> Result<Vec<Project>, Failure> {
    Ok(session.connection.ask(Request::get(PROJECTS))?.json::<Projects>()?.items)
}

impl Environment {
    fn row(&self) -> [Cell; 6] {
        let remark = match (self.diagnostics.len(), self.production) {
            (0, true) => Cell::new("production", FAINT),
            (0, false) => Cell::plain(""),
            (_, _) => Cell::new("something is wrong or odd in it", BAD),
        };
        [
            Cell::plain(&self.project),
            Cell::new(&self.key, BOLD),
            Cell::plain(&self.flags.to_string()),
            Cell::plain(&self.dialect),
            Cell::plain(&self.version),
            remark,
        ]
    }
}

const PROJECTS: [&str; 3] = ["api", "v1", "projects"];
const JSON: &str = "application/json";
