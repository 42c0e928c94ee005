use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flagkit::{Client, Error};

/// A folder of one test, removed when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("flagkit-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("flags.yaml")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn flags(percentage: u32) -> String {
    format!(
        "schema: flagkit/1\nflags: {{beta: {{enabled: true, rollout_percentage: {percentage}}}}}"
    )
}

/// Whether something becomes true within the promised second (and a generous rest for a busy machine).
fn becomes(is_true: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        if is_true() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

fn watched(file: &Path) -> (Client, flagkit::Watching, Arc<Mutex<Vec<String>>>) {
    let problems = Arc::new(Mutex::new(Vec::new()));
    let heard = problems.clone();
    let on_problem = move |error: &Error| heard.lock().unwrap().push(error.to_string());
    let (client, watching) = Client::builder().on_problem(on_problem).file(file).unwrap();
    (client, watching, problems)
}

#[test]
fn edits_in_place_and_by_rename_are_picked_up() {
    let folder = Folder::new("edits");
    fs::write(folder.file(), flags(0)).unwrap();
    let (client, _watching, problems) = watched(&folder.file());
    assert!(!client.is_enabled("beta", &()));
    fs::write(folder.file(), flags(100)).unwrap();
    assert!(becomes(|| client.is_enabled("beta", &())), "in place");
    let other = folder.0.join("next.yaml");
    fs::write(&other, flags(0)).unwrap();
    fs::rename(&other, folder.file()).unwrap();
    assert!(becomes(|| !client.is_enabled("beta", &())), "by rename");
    assert_eq!(*problems.lock().unwrap(), Vec::<String>::new());
}

#[test]
fn a_broken_edit_keeps_the_flags_and_says_so_once() {
    let folder = Folder::new("broken");
    fs::write(folder.file(), flags(100)).unwrap();
    let (client, _watching, problems) = watched(&folder.file());
    fs::write(folder.file(), "flags: {beta: [").unwrap();
    assert!(becomes(|| !problems.lock().unwrap().is_empty()));
    // Several more looks at the same content.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(problems.lock().unwrap().len(), 1);
    assert!(problems.lock().unwrap()[0].contains("flags.yaml"), "{problems:?}");
    assert!(client.is_enabled("beta", &()));
    assert!(client.status().last_problem.is_some());
    fs::write(folder.file(), flags(0)).unwrap();
    assert!(becomes(|| !client.is_enabled("beta", &())), "the next good edit counts");
    assert_eq!(client.status().last_problem, None);
}

#[test]
fn a_file_that_vanishes_keeps_the_flags_and_may_come_back() {
    let folder = Folder::new("vanish");
    fs::write(folder.file(), flags(100)).unwrap();
    let (client, watching, problems) = watched(&folder.file());
    fs::remove_file(folder.file()).unwrap();
    assert!(becomes(|| !problems.lock().unwrap().is_empty()));
    assert!(client.is_enabled("beta", &()));
    fs::write(folder.file(), flags(0)).unwrap();
    assert!(becomes(|| !client.is_enabled("beta", &())));
    drop(watching);
    fs::write(folder.file(), flags(100)).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert!(!client.is_enabled("beta", &()), "nobody watches any more");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = Folder::new("unusable");
    let missing = Client::from_file(folder.file()).unwrap_err();
    assert!(missing.is_io() && missing.to_string().contains("flags.yaml"), "{missing}");
    fs::write(folder.file(), "- 1").unwrap();
    let odd = Client::from_file(folder.file()).unwrap_err();
    assert!(odd.is_no_document() && odd.to_string().contains("flags.yaml"), "{odd}");
}
