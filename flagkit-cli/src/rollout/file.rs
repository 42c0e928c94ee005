//! Release files: read, with everything that is wrong and where.

use std::fmt;
use std::io::Read;

use flagkit_core::Diagnostic;
use flagkit_deploy::config::{self, ConfigError, Configuration, Overrides};
use flagkit_deploy::event::Actor;
use flagkit_deploy::plan::Plan;
use flagkit_deploy::{Refusal, Release};
use flagkit_dialects::locate;
use serde_json::{Value, json};

use crate::arguments::rollout::Planned;
use crate::document_file;
use crate::failure::Failure;
use crate::rollout::engine;
use crate::suggest::closest;

/// A release file and the plan that it makes.
#[derive(Debug)]
pub(crate) struct ReleaseFile {
    /// What it says, without what only the command line says.
    pub(crate) configuration: Configuration,
    /// How messages call it.
    pub(crate) name: String,
    text: String,
}

/// What is wrong with a release file.
#[derive(Debug)]
pub(crate) struct Wrong(pub(crate) Vec<ConfigError>);

impl ReleaseFile {
    /// Reads it; its mistakes are those of the file itself.
    pub(crate) fn read(arguments: &Planned) -> Result<Result<Self, Wrong>, Failure> {
        let name = document_file::name(&arguments.file);
        let cannot = |error: &dyn fmt::Display| {
            Failure::input(format_args!("{name}: cannot be read: {error}"))
        };
        let mut bytes = Vec::new();
        let opened = document_file::open(&arguments.file).map_err(|error| cannot(&error))?;
        let most = config::TEXT_BYTES_MAX as u64 + 1;
        opened.take(most).read_to_end(&mut bytes).map_err(|error| cannot(&error))?;
        let text = String::from_utf8(bytes).map_err(|_| cannot(&"it is no UTF-8 text"))?;
        let read = config::read(&text, &name);
        Ok(read.map(|configuration| Self { configuration, name, text }).map_err(Wrong))
    }

    /// All of it, as it was read.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The plan of a release that begins now, checked as the engine will check it.
    pub(crate) fn plan(&self, arguments: &Planned, last: Option<Overrides>) -> Result<Plan, Wrong> {
        let mut overrides = last.unwrap_or_default();
        overrides.environment.clone_from(&arguments.environment);
        if arguments.active.is_some() {
            overrides.active.clone_from(&arguments.active);
            overrides.active_version = None;
        }
        let plan = self.configuration.plan(&overrides).map_err(|refused| self.wrong(refused))?;
        let plan = set_versions(plan, &arguments.set).map_err(|refused| self.wrong(refused))?;
        let now = engine::now();
        let id = format!("{}-planned", plan.target.chars().take(100).collect::<String>());
        if let Err(refused) = Release::new(id.into(), plan.clone(), Actor::default(), now) {
            return Err(self.wrong(refused));
        }
        Ok(plan)
    }

    /// What of a plan is beyond the drivers that the file names. They are asked without a connection to
    /// anything, so this is what an engine would refuse before the release begins, and no more.
    pub(crate) fn beyond_drivers(&self, plan: &Plan) -> Result<Option<Wrong>, Failure> {
        Ok(self.placed(engine::refusals(plan, self.configuration.drivers())?, plan))
    }

    /// Refusals of a plan with their places in the file; none if there are none.
    pub(crate) fn placed(&self, refusals: Vec<Refusal>, plan: &Plan) -> Option<Wrong> {
        let placed: Vec<Refusal> =
            refusals.into_iter().map(|refusal| self.in_file(refusal, plan)).collect();
        (!placed.is_empty()).then(|| self.wrong(placed))
    }

    /// Whether the file names anything that moves traffic or starts instances.
    pub(crate) fn names_drivers(&self) -> bool {
        let drivers = self.configuration.drivers();
        drivers.haproxy.is_some()
            || drivers.envoy.is_some()
            || drivers.flags.is_some()
            || !drivers.processes.is_empty()
    }

    /// The refusal of a step with the step's path in the file; of a strategy, which writes its steps itself,
    /// with the name of the step.
    fn in_file(&self, mut refusal: Refusal, plan: &Plan) -> Refusal {
        let in_file = format!("strategy.{}", refusal.path);
        if refusal.path.starts_with("steps[") && locate(&self.text, &in_file).is_some() {
            refusal.path = in_file;
            return refusal;
        }
        let is_it = |at: &usize| refusal.path == format!("steps[{at}]");
        let step = (0..plan.steps.len()).find(is_it).and_then(|at| plan.steps.get(at));
        if let Some(step) = step {
            refusal.problem = format!("step `{}`: {}", step.name, refusal.problem);
        }
        refusal
    }

    /// Refusals with their places in the file, where these can be found.
    fn wrong(&self, refusals: Vec<Refusal>) -> Wrong {
        let diagnostic =
            |refusal: &Refusal| Diagnostic::error(refusal.path.clone(), refusal.problem.clone());
        let mut diagnostics: Vec<Diagnostic> = refusals.iter().map(diagnostic).collect();
        let places = flagkit_dialects::place(&self.text, &mut diagnostics);
        let errors = refusals.into_iter().zip(places).map(|(refusal, position)| ConfigError {
            file: self.name.clone(),
            path: refusal.path,
            position,
            problem: refusal.problem,
            mend: refusal.mend,
        });
        Wrong(errors.collect())
    }
}

/// Gives arms the versions that the command line says.
fn set_versions(mut plan: Plan, set: &[(String, String)]) -> Result<Plan, Vec<Refusal>> {
    let mut refusals = Vec::new();
    for (name, version) in set {
        if let Some(arm) = plan.arms.iter_mut().find(|arm| arm.name == *name) {
            arm.version.clone_from(version);
            continue;
        }
        let hint = closest(name, plan.arms.iter().map(|arm| arm.name.as_str()));
        let hint = hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
        let problem = format!("there is no arm `{name}`{hint}");
        refusals.push(Refusal::new("arms", problem, "correct `--set`"));
    }
    if refusals.is_empty() { Ok(plan) } else { Err(refusals) }
}

impl Wrong {
    /// All of it as JSON.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "ok": false, "errors": self.list() })
    }

    /// One object for each mistake.
    pub(crate) fn list(&self) -> Vec<Value> {
        let error = |error: &ConfigError| {
            json!({
                "file": error.file,
                "path": error.path,
                "line": error.position.map(|position| position.line),
                "column": error.position.map(|position| position.column),
                "problem": error.problem,
                "mend": error.mend,
            })
        };
        self.0.iter().map(error).collect()
    }
}

/// The mistakes, one in each line.
impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let plural = if count == 1 { "" } else { "s" };
        write!(formatter, "the release cannot run: {count} mistake{plural}")?;
        self.0.iter().try_for_each(|error| write!(formatter, "\n  {error}"))
    }
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        Self::input(wrong)
    }
}
