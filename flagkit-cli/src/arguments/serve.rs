//! `flagkit serve`: one option for each setting of the server.

use clap::error::Error;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use flagkit_server::config::{SETTINGS, Setting};

/// `flagkit serve`.
#[derive(Debug)]
pub(crate) struct Serve {
    /// The settings that were given, by name, as they were written.
    pub(crate) options: Vec<(String, String)>,
}

impl Args for Serve {
    fn augment_args(command: Command) -> Command {
        command.args(SETTINGS.iter().map(option)).after_help(HELP)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Serve {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut serve = Self { options: Vec::new() };
        serve.update_from_arg_matches(matches)?;
        Ok(serve)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        let given = SETTINGS.iter().filter_map(|setting| {
            let text = if is_switch(setting) {
                matches.get_flag(setting.name).then(|| "true".to_owned())
            } else {
                matches.get_one::<String>(setting.name).cloned()
            };
            Some((setting.name.to_owned(), text?))
        });
        self.options.extend(given);
        Ok(())
    }
}

/// The option of a setting. Values are read by the server, so that all of them are refused in
/// the same words, wherever they come from.
fn option(setting: &Setting) -> Arg {
    let default = match setting.default {
        _ if is_switch(setting) => String::new(),
        "" => String::new(),
        default => format!("[default: {default}] "),
    };
    let help = format!("{} {default}[env: {}]", setting.help, setting.variable());
    let arg = Arg::new(setting.name).long(setting.name).help(help);
    if is_switch(setting) {
        return arg.action(ArgAction::SetTrue);
    }
    arg.value_name(setting.value)
}

fn is_switch(setting: &Setting) -> bool {
    setting.value.is_empty()
}

const HELP: &str = "Examples:
  flagkit serve --dev                                  (sample flags, and what to type next)
  flagkit serve --listen 0.0.0.0:4290 --database flags.db
  flagkit serve --database postgres://flagkit@db.example.com/flagkit

The first start prints an admin key, once. Ctrl-C and SIGTERM end the server after what is under way.";

#[cfg(test)]
mod tests;
