//! A PostgreSQL of our own: a new cluster in a temporary folder, on a free port of this machine,
//! with a random password, gone when the tests are.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where it cannot go on"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A cluster that runs, or does not for a moment.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    port: u16,
    password: String,
    owner: Option<Owner>,
    guardian: Mutex<Option<Guardian>>,
    databases: Mutex<u32>,
}

/// PostgreSQL refuses to run as root, and so it runs as someone else there.
#[derive(Clone, Copy, Debug)]
struct Owner {
    user: u32,
    group: u32,
}

/// A shell that ends the database when its input does: when this process is gone, however it went.
#[derive(Debug)]
struct Guardian {
    shell: Child,
    postmaster: u32,
}

impl Cluster {
    /// The one that all tests of this process share. It is never stopped by a test.
    ///
    /// # Panics
    ///
    /// Where PostgreSQL is not installed, or does not do as it is told.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A new one, for tests that stop it.
    ///
    /// # Panics
    ///
    /// Where PostgreSQL is not installed, or does not do as it is told.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let owner = owner_for_root();
        let password = random_text();
        let cluster = Self {
            port: free_port(),
            password,
            owner,
            guardian: Mutex::new(None),
            databases: Mutex::new(0),
            folder,
        };
        cluster.initialise();
        cluster.run();
        cluster
    }

    /// A new database in it, as a URL.
    ///
    /// # Panics
    ///
    /// Where PostgreSQL is not installed, or does not do as it is told.
    pub fn new_database(&self) -> String {
        let mut number = self.databases.lock().unwrap();
        *number += 1;
        let name = format!("flags{number}");
        self.query("postgres", &format!("CREATE DATABASE {name}")).unwrap();
        self.url(&name)
    }

    /// Runs SQL in the database of such a URL. Answers with the rows, a line for each.
    ///
    /// # Panics
    ///
    /// If the database refuses.
    pub fn sql(&self, url: &str, sql: &str) -> String {
        let database = url.rsplit('/').next().unwrap().split('?').next().unwrap();
        self.query(database, sql).unwrap()
    }

    /// A kill that it cannot notice, as when the machine loses its power.
    ///
    /// # Panics
    ///
    /// Where PostgreSQL is not installed, or does not do as it is told.
    pub fn kill(&self) {
        let Some(mut guardian) = self.guardian.lock().unwrap().take() else { return };
        // It may have ended by itself.
        let _ = Command::new("kill").args(["-9", &guardian.postmaster.to_string()]).output();
        // It may have ended by itself, and its shell with it.
        let _ = writeln!(guardian.shell.stdin.take().unwrap(), "stay");
        guardian.shell.wait().unwrap();
    }

    /// Starts it again after [`kill`](Self::kill), and waits until it can be asked.
    ///
    /// # Panics
    ///
    /// Where PostgreSQL is not installed, or does not do as it is told.
    pub fn run(&self) {
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            let guardian = self.guardian();
            *self.guardian.lock().unwrap() = Some(guardian);
            if self.answers() {
                return;
            }
            // Processes of the one that was killed may have the memory for a moment still.
            self.kill();
        }
        panic!("PostgreSQL does not start:\n{}", self.log());
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://flagkit:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    fn initialise(&self) {
        let password = self.folder.path().join("password");
        fs::write(&password, &self.password).unwrap();
        self.give(self.folder.path());
        self.give(&password);
        let mut initdb = self.command("initdb");
        initdb.args(["--username=flagkit", "--auth=scram-sha-256", "--encoding=UTF8"]);
        initdb.args(["--no-sync", "--locale=C", "--pwfile"]).arg(&password);
        initdb.arg("--pgdata").arg(self.data());
        run(&mut initdb);
    }

    /// Starts it, without a look whether it begins to work.
    fn guardian(&self) -> Guardian {
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let mut shell = self.command("sh");
        shell.args(["-c", GUARDIAN, "guardian"]).arg(program("postgres"));
        shell.arg("-D").arg(self.data()).arg("-k").arg(self.folder.path());
        shell.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut shell = shell.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(shell.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        Guardian { postmaster: said.trim().parse().unwrap(), shell }
    }

    /// Whether it takes connections before it ends or ten seconds pass.
    fn answers(&self) -> bool {
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if self.query("postgres", "SELECT 1").is_ok() {
                return true;
            }
            let log = self.log();
            if log.contains("pre-existing shared memory") || log.contains("already exists") {
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    /// Beside the network, where nobody can listen. An error is what the program said.
    fn query(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = self.command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        psql.args(["--set=ON_ERROR_STOP=1", "--username=flagkit", "--dbname", database]);
        psql.arg("--host").arg(self.folder.path()).args(["--port", &self.port.to_string()]);
        psql.args(["--command", sql]).env("PGPASSWORD", &self.password);
        let output = psql.output().unwrap();
        let said = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(said(&output.stdout)) } else { Err(said(&output.stderr)) }
    }

    /// Changes a file among its data, or makes one; it reads it when it is started again.
    ///
    /// # Panics
    ///
    /// If the file cannot be written.
    pub fn edit(&self, name: &str, change: impl FnOnce(&str) -> String) -> PathBuf {
        let path = self.data().join(name);
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, change(&before)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        self.give(&path);
        path
    }

    /// Gives a file of ours to whoever owns the cluster.
    fn give(&self, path: &Path) {
        if let Some(owner) = self.owner {
            chown(path, Some(owner.user), Some(owner.group)).unwrap();
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A program, run by whoever owns the cluster.
    fn command(&self, name: &str) -> Command {
        let mut command =
            Command::new(if name == "sh" { PathBuf::from(name) } else { program(name) });
        command.current_dir(self.folder.path()).env_remove("PGDATA");
        if let Some(owner) = self.owner {
            command.uid(owner.user).gid(owner.group);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Says the number of the process that it starts, and ends it when there is no more input. The
/// folder goes with it, where nobody is left who would remove it.
const GUARDIAN: &str = r#"
    "$@" 1>&2 </dev/null & echo $!
    read word; kill -9 $! 2>/dev/null; wait
    [ "$word" = stay ] || rm -rf "$PWD"
"#;

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

/// A program of PostgreSQL, which Debian hides in a folder for each version.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    let found = folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("there is no `{name}`; `cargo xtask setup` installs it"))
}

/// Who runs it, where we are root: the user that its package made, or nobody.
fn owner_for_root() -> Option<Owner> {
    let probe = tempfile::tempdir().unwrap();
    let own = std::os::unix::fs::MetadataExt::uid(&fs::metadata(probe.path()).unwrap());
    if own != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let fields: Vec<&str> = line.split(':').collect();
        Some(Owner { user: fields[2].parse().ok()?, group: fields[3].parse().ok()? })
    };
    find("postgres").or_else(|| find("nobody"))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn random_text() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
