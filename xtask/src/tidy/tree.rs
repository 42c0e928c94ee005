//! The files of the repository, as far as they are text.

use std::fs;
use std::path::Path;

use crate::command_line::CommandLine;
use crate::failure::Failure;

use super::source::Source;

/// All text files, in the order of their paths.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The files.
    pub(crate) files: Vec<File>,
}

/// One text file.
#[derive(Debug)]
pub(crate) struct File {
    /// Relative to the root, with `/` on every system.
    pub(crate) path: String,
    /// The whole content.
    pub(crate) text: String,
    /// The tokens and comments of a Rust file; empty for any other.
    pub(crate) source: Source,
}

impl Tree {
    /// Reads what git tracks or would track; without git, whatever is not hidden or built.
    pub(crate) fn read() -> Result<Self, Failure> {
        let git = CommandLine::new("git", "ls-files -z --cached --others --exclude-standard");
        let mut paths: Vec<String> = if git.succeeds() {
            git.output()?.split_terminator('\0').map(str::to_owned).collect()
        } else {
            let mut paths = Vec::new();
            walk(Path::new(""), &mut paths);
            paths
        };
        paths.sort();
        paths.dedup();
        // A file that is deleted but still tracked, or is no text, has nothing to check.
        let text = |path: String| Some(File::new(&path, fs::read_to_string(&path).ok()?));
        Ok(Self { files: paths.into_iter().filter_map(text).collect() })
    }

    /// A tree of these paths and texts, for tests.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|&(path, text)| File::new(path, text.to_owned())).collect();
        Self { files }
    }

    /// The file with this path.
    pub(crate) fn find(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| is_rust(&file.path))
    }

    /// The line in `path` where the first line with this beginning is, or 1.
    pub(crate) fn line_beginning(&self, path: &str, beginning: &str) -> usize {
        let lines = self.find(path).map(|file| file.text.lines()).into_iter().flatten();
        lines.zip(1..).find(|(line, _)| line.starts_with(beginning)).map_or(1, |(_, number)| number)
    }
}

impl File {
    /// A file with its tokens, if it is Rust.
    fn new(path: &str, text: String) -> Self {
        let source = if is_rust(path) { Source::of(&text) } else { Source::default() };
        Self { path: path.to_owned(), text, source }
    }

    /// Whether the file holds nothing but tests: `tests.rs`, or anything below `tests/`.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }
}

/// Whether the path is that of a Rust file.
fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

/// Collects the paths below a folder.
fn walk(folder: &Path, paths: &mut Vec<String>) {
    let listed = if folder == Path::new("") { Path::new(".") } else { folder };
    for entry in fs::read_dir(listed).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if [".git", "target", "corpus", "artifacts"].iter().any(|&skipped| name == skipped) {
            continue;
        }
        let path = folder.join(name);
        if path.is_dir() {
            walk(&path, paths);
        } else {
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            paths.push(parts.join("/"));
        }
    }
}

#[cfg(test)]
mod tests;
