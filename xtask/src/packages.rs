//! Scripts around a vendor's SDK, installed with it.
//!
//! A script is a folder with `requirements.txt` and Python, or with `package.json` and
//! JavaScript. What it needs comes from `PyPI` or npm and lands in a folder under `target`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command_line::CommandLine;
use crate::failure::{Failure, Outcome};

/// A script and where what it needs is installed.
pub(crate) struct Script {
    folder: PathBuf,
    home: PathBuf,
    /// The name of the file that is run, without its extension.
    main: &'static str,
}

impl Script {
    /// The script in this folder.
    pub(crate) fn new(folder: PathBuf, home: PathBuf, main: &'static str) -> Self {
        Self { folder, home, main }
    }

    /// Installs what it needs unless that is there; returns the command that runs it.
    pub(crate) fn install(&self) -> Result<CommandLine, Failure> {
        let wanted = self.wanted()?;
        let mark = self.home.join("installed");
        let is_installed = fs::read_to_string(&mark).is_ok_and(|there| there == wanted);
        if !is_installed {
            make_folder(&self.home)?;
            self.download()?;
        }
        let command = self.command()?;
        fs::write(&mark, wanted).map_err(|error| unwritable(&mark, &error))?;
        Ok(command)
    }

    /// Whether what it needs is installed, in the versions that it names today.
    pub(crate) fn is_installed(&self) -> bool {
        let there = fs::read_to_string(self.home.join("installed"));
        there.is_ok_and(|there| self.wanted().is_ok_and(|wanted| there == wanted))
    }

    /// The texts that name what it needs.
    fn wanted(&self) -> Result<String, Failure> {
        let names = ["requirements.txt", "package.json", "package-lock.json"];
        let texts = names.map(|name| fs::read_to_string(self.folder.join(name)).ok());
        let text: String = texts.into_iter().flatten().collect();
        if text.is_empty() {
            let folder = self.folder.display();
            return Err(Failure::new(format!("`{folder}` says nowhere what it needs")));
        }
        Ok(text)
    }

    fn is_node(&self) -> bool {
        self.folder.join("package.json").is_file()
    }

    fn download(&self) -> Outcome {
        if self.is_node() {
            self.copy_to_home()?;
            let is_locked = self.folder.join("package-lock.json").is_file();
            let verb = if is_locked { "ci" } else { "install" };
            let options = "--silent --no-audit --no-fund --prefix";
            let home = self.home.display().to_string();
            CommandLine::new("npm", &format!("{verb} {options}")).and(home.clone()).run()?;
            if is_new_enough(&CommandLine::new("node", "--version").said()) {
                return Ok(());
            }
            println!("Node.js is too old here; a newer one comes from npm");
            let newer = format!("install --no-save {NEWER_NODE} {options}");
            return CommandLine::new("npm", &newer).and(home).run();
        }
        let venv = self.home.join("venv").display().to_string();
        if !CommandLine::new(self.python(), "-m pip --version").succeeds() {
            CommandLine::new("python3", "-m venv").and(venv).run()?;
        }
        CommandLine::new(self.python(), "-m pip install --quiet --disable-pip-version-check -r")
            .and(self.folder.join("requirements.txt").display().to_string())
            .run()
    }

    fn command(&self) -> Result<CommandLine, Failure> {
        let main = self.main;
        if self.is_node() {
            self.copy_to_home()?;
            let path = self.home.join(main).with_extension("mjs");
            return Ok(CommandLine::new(self.node(), "").and(path.display().to_string()));
        }
        let path = self.folder.join(main).with_extension("py");
        // Modules that several scripts share lie beside their folders.
        let shared = self.folder.parent().unwrap_or(Path::new("."));
        Ok(CommandLine::new(self.python(), "")
            .and(path.display().to_string())
            .with("PYTHONPATH", shared.display().to_string()))
    }

    /// The command that runs other code with what is installed.
    pub(crate) fn code(&self, text: &str) -> Result<CommandLine, Failure> {
        let (interpreter, name) =
            if self.is_node() { (self.node(), "code.mjs") } else { (self.python(), "code.py") };
        let path = self.home.join(name);
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
        Ok(CommandLine::new(interpreter, "").and(path.display().to_string()))
    }

    /// That of the system, or a newer one that came with the packages.
    fn node(&self) -> String {
        let newer = self.home.join("node_modules/.bin/node");
        if newer.is_file() { newer.display().to_string() } else { "node".to_owned() }
    }

    fn python(&self) -> String {
        self.home.join("venv/bin/python").display().to_string()
    }

    /// Node finds packages beside the script, so the script is copied to where they are installed.
    fn copy_to_home(&self) -> Outcome {
        let shared = self.folder.parent().unwrap_or(Path::new("."));
        let of_script = files(&self.folder)?;
        let of_all = files(shared)?.into_iter().filter(|path| has_extension(path, "mjs"));
        of_script.into_iter().chain(of_all).try_for_each(|file| {
            let target = self.home.join(file.file_name().unwrap_or_default());
            fs::copy(&file, &target).map(|_| ()).map_err(|error| unwritable(&target, &error))
        })
    }
}

/// Whether vendors' SDKs run with a Node.js that says this version.
fn is_new_enough(said: &str) -> bool {
    let major = said.trim().trim_start_matches('v').split('.').next();
    major.and_then(|major| major.parse().ok()).is_some_and(|major: u32| major >= 20)
}

const NEWER_NODE: &str = "node@22";

/// The names of the folders in a folder, sorted.
pub(crate) fn folder_names(folder: &Path) -> Result<Vec<String>, Failure> {
    let folders = entries(folder)?.into_iter().filter(|path| path.is_dir());
    let name = |path: PathBuf| path.file_name()?.to_str().map(str::to_owned);
    let mut names: Vec<String> = folders.filter_map(name).collect();
    names.sort();
    Ok(names)
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(folder: &Path) -> Outcome {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("cannot make `{}`: {error}", folder.display())))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    Ok(entries(folder)?.into_iter().filter(|path| path.is_file()).collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder)
        .map_err(|error| Failure::new(format!("cannot read `{}`: {error}", folder.display())))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write `{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests;
