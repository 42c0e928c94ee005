use flagkit_dialects::Dialect;
use flagkit_protocol::Version;

use super::*;

/// A folder of one test, removed when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("flagkit-cache-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn cache(&self) -> Cache {
        Cache::new(&self.0, Owner::new("https://a", "k", Dialect::Native, None))
    }

    /// The document and the version in the file.
    fn content(&self) -> (String, String) {
        let entry = self.cache().load().unwrap().unwrap();
        (entry.text, entry.version.unwrap().to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn version(number: u64) -> Version {
    Version { epoch: "e".to_owned(), number }
}

fn hold(cache: &mut Cache, number: u64, text: &str) {
    cache.keep(Entry { version: Some(version(number)), ..cache.entry(text.to_owned()) });
}

fn keep(cache: &mut Cache, number: u64, text: &str) {
    hold(cache, number, text);
    cache.flush().unwrap();
}

fn delta((from, to): (u64, u64), document: &str, removed: &[&str]) -> Delta {
    Delta {
        from: version(from),
        version: version(to),
        document: document.to_owned(),
        removed_flags: removed.iter().map(|key| (*key).to_owned()).collect(),
        removed_segments: Vec::new(),
    }
}

const TWO: &str = r#"{"schema":"flagkit/1","flags":{"a":{"n":1},"b":{"n":1}}}"#;

#[test]
fn flags_outlive_the_process_that_held_them() {
    let folder = Folder::new("outlive");
    assert_eq!(folder.cache().load(), Ok(None), "nothing was left yet");
    keep(&mut folder.cache(), 3, TWO);
    assert_eq!(folder.content(), (TWO.to_owned(), "e:3".to_owned()));
    let other = Cache::new(&folder.0, Owner::new("https://a", "other", Dialect::Native, None));
    assert_eq!(other.load(), Ok(None), "another key has another file");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("mode");
    keep(&mut folder.cache(), 3, TWO);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder.0), mode(&folder.cache().path)), (0o700, 0o600));
}

#[test]
fn changes_are_put_into_the_file() {
    let folder = Folder::new("changes");
    let mut cache = folder.cache();
    keep(&mut cache, 3, TWO);
    cache.follow(delta((3, 4), r#"{"schema":"flagkit/1","flags":{"b":{"n":2},"c":{}}}"#, &[]));
    cache.follow(delta((4, 6), r#"{"schema":"flagkit/1","flags":{}}"#, &["a"]));
    cache.flush().unwrap();
    let expected = r#"{"schema":"flagkit/1","flags":{"b":{"n":2},"c":{}}}"#;
    assert_eq!(folder.content(), (expected.to_owned(), "e:6".to_owned()));
    // A whole document that was not written yet takes changes, too.
    hold(&mut cache, 7, TWO);
    cache.follow(delta((7, 8), r#"{"schema":"flagkit/1","flags":{}}"#, &["b"]));
    cache.flush().unwrap();
    let expected = r#"{"schema":"flagkit/1","flags":{"a":{"n":1}}}"#;
    assert_eq!(folder.content(), (expected.to_owned(), "e:8".to_owned()));
}

#[test]
fn processes_that_share_it_do_not_undo_each_other() {
    let folder = Folder::new("shared");
    let (mut fast, mut slow) = (folder.cache(), folder.cache());
    keep(&mut fast, 3, TWO);
    let change = || delta((3, 4), r#"{"schema":"flagkit/1","flags":{}}"#, &["a"]);
    fast.follow(change());
    fast.flush().unwrap();
    slow.follow(change());
    slow.follow(delta((4, 5), r#"{"schema":"flagkit/1","flags":{"d":{}}}"#, &[]));
    slow.flush().unwrap();
    let expected = r#"{"schema":"flagkit/1","flags":{"b":{"n":1},"d":{}}}"#;
    assert_eq!(folder.content(), (expected.to_owned(), "e:5".to_owned()));
    keep(&mut fast, 4, TWO);
    assert_eq!(folder.content().1, "e:5", "an older state is not written over a newer one");
    fast.follow(delta((9, 10), r#"{"flags":{}}"#, &[]));
    fast.flush().unwrap();
    assert_eq!(folder.content().1, "e:5", "nor a change that builds on something else");
}

#[test]
fn a_file_that_somebody_damaged_is_ignored_and_replaced() {
    let folder = Folder::new("damaged");
    let mut cache = folder.cache();
    keep(&mut cache, 3, TWO);
    for damage in [&b""[..], b"flagkit-cache/2 0\n{}\n{}", &[0; 100]] {
        fs::write(&cache.path, damage).unwrap();
        let problem = cache.load().unwrap_err();
        assert!(problem.contains(".cache` is ignored: it "), "{problem}");
    }
    keep(&mut cache, 2, TWO);
    assert_eq!(folder.content().1, "e:2");
}

#[test]
fn a_disk_that_cannot_be_written_is_told_of_once() {
    let folder = Folder::new("readonly");
    fs::create_dir_all(&folder.0).unwrap();
    // Not even an administrator can make a folder below a file.
    let file = folder.0.join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("below");
    let mut cache = Cache::new(&below, Owner::new("https://a", "k", Dialect::Native, None));
    let mut attempt = || {
        hold(&mut cache, 1, TWO);
        cache.flush()
    };
    assert!(attempt().unwrap_err().starts_with("cannot write the cache file"));
    assert_eq!(attempt(), Ok(()));
}

#[test]
fn nothing_is_left_lying_around() {
    let folder = Folder::new("leftovers");
    let mut cache = folder.cache();
    keep(&mut cache, 3, TWO);
    let old = cache.path.with_extension("1-2.new");
    let young = cache.path.with_extension("3-4.new");
    for path in [&old, &young] {
        fs::write(path, "half").unwrap();
    }
    let long_ago = SystemTime::now() - 2 * LEFTOVER_AGE;
    File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
    keep(&mut cache, 4, TWO);
    assert_eq!((old.exists(), young.exists()), (false, true));
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2);
}
